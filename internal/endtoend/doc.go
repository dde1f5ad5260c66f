// Package endtoend tests the product as it is shipped: the binary itself, started as a process, configured by
// environment variables, with the API's simulator, a small identity provider and a real audit database around it.
//
// product_test.go builds and starts it. edit_bench_linux_test.go measures it beside a bare handler; roles_test.go is what
// the other processes of that run do. kill_test.go ends it at random moments of a stream of changes and compares
// the log with what the API received. The files behind the tag postgres run several replicas on one database, those
// behind the tag browser do the main job in a real Chromium, and through a proxy that holds both sides against the
// contract.
package endtoend
