// Package postgrestest gives tests a PostgreSQL: a cluster in a temporary folder, made by the binaries that Debian's
// postgresql package installs, on a unix socket that nothing else knows, removed afterwards. Start makes a cluster for
// one test, Cluster makes databases in one that the tests of a package share.
//
// Tests that use it stand behind the build tag postgres. There a missing PostgreSQL fails the test: one that was
// skipped would look like one that passed.
package postgrestest
