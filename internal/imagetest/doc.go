// Package imagetest has tests of the container image that need no containers: they build the program as the Dockerfile
// does and run it as the image's user in a root directory that holds nothing else. With the build tag docker a test
// builds the image itself.
package imagetest
