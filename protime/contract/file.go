package contract

import "os"

// Open loads the OpenAPI document at path, or the embedded one where path is "".
func Open(path string) (*Contract, error) {
	if path == "" {
		return Embedded()
	}
	document, err := os.ReadFile(path) //nolint:gosec // the administrator names the file
	if err != nil {
		return nil, err
	}
	return Load(document)
}
