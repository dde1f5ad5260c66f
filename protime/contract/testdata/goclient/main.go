// Program goclient prints the clockings of a period with the client that oapi-codegen generates from contract.yaml. It
// is a module of its own, which a test copies, generates and builds.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"

	"goclient/protime"
)

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	authorize := func(_ context.Context, r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+os.Getenv("TOKEN"))
		return nil
	}
	client, err := protime.NewClientWithResponses(os.Getenv("BASE"), protime.WithRequestEditorFn(authorize))
	if err != nil {
		return err
	}
	params := protime.ListClockingsParams{Filter: os.Getenv("FILTER"), UserAgent: "goclient/1 (acme)"}
	answer, err := client.ListClockingsWithResponse(ctx, &params)
	if err != nil {
		return err
	}
	if answer.JSON200 == nil {
		return fmt.Errorf("GET /clockings: %s", answer.Status())
	}
	for _, c := range answer.JSON200.Value {
		fmt.Println(*c.Id, *c.Person.Id, c.Date, c.TimeOfDayInMinutes, c.Kind)
	}
	return nil
}
