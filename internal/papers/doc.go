// Package papers is for tests that hold README.md and the other texts at the top of the repository against the code: a
// test that they name exists, a file that they link to is there, a command that they give is one, and the worked example
// of CONTRIBUTING.md adds a collection.
package papers
