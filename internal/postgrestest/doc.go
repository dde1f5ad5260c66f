// Package postgrestest gives a test a PostgreSQL of its own: a cluster in a temporary folder, made by the binaries
// that Debian's postgresql package installs, on a unix socket that nothing else knows, gone when the test ends.
//
// Tests that use it stand behind the build tag postgres. There a missing PostgreSQL fails the test: one that was
// skipped would look like one that passed.
package postgrestest
