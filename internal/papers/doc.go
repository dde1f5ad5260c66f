// Package papers holds README.md and its fellows against the code: a test that they name exists, a file that they
// link to is there, a command that they give is one, and the worked example of CONTRIBUTING.md works. Its tests alone
// are the point of it.
package papers
