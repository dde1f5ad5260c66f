package contract

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
)

//go:generate go test -run TestSnapshotIsCurrent -update .

//go:embed contract.yaml
var document []byte

// snapshot is the parsed model: contract.yaml as Load reads it. Parsing the document takes a tenth of a second and tens of
// megabytes, which every start would pay; a test holds the two together.
//
//go:embed parsed-model.json
var snapshot []byte

// Document returns the embedded OpenAPI document, contract.yaml.
func Document() []byte { return slices.Clone(document) }

// Embedded returns the contract of the embedded document. Each call makes a new one. An error means that the
// program was built wrongly.
func Embedded() (*Contract, error) {
	c := &Contract{}
	if err := json.Unmarshal(snapshot, c); err != nil {
		return nil, fmt.Errorf("contract: embedded document: %w", err)
	}
	c.index()
	return c, nil
}
