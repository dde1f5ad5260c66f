// Package simulation runs the desk, the client, the audit log and the simulator of the API in one process, on a clock
// of its own (testing/synctest), through random faults, crashes, restarts and other people's changes, and holds the
// audit log against the simulator's journal of what was really done. It holds tests only.
package simulation
