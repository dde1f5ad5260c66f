// Package simulation runs the desk, the client, the audit log and the simulator of the API in one process, on a clock
// of its own (testing/synctest), through random faults, crashes, restarts, clock jumps and other people's changes, and
// compares the audit log with the simulator's journal of what was done. It has tests only.
package simulation
