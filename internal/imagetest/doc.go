// Package imagetest runs what the container image runs, where no container can be made: the same static program, by
// a user without rights, in a root directory that holds nothing else. Its tests alone are the point of it.
package imagetest
