package simulator

import (
	"crypto/rand"
	"strings"
	"time"

	"protime-admin/protime/contract"
)

const webhooks = "webhooks"

// webhookRules: the destination must be https (reference/webhooks). For how long a webhook is valid is not
// published; three months here.
func webhookRules(f *findings, c *call, record *object) {
	if host, https := strings.CutPrefix(text(record.at("destinationUrl")), "https://"); !https || host == "" {
		f.refuse("destinationUrl must be an https URL.")
	}
	record.set("validUntil", quote(c.options.Now().AddDate(0, 3, 0).Format(time.RFC3339)))
	record.set("status", `"Enabled"`)
}

// webhookCreated returns the body of the 201: the record with its private key, which is never shown again and not
// stored. The name of the key's member is not published; the contract lists the names that count as one.
func webhookCreated(c *contract.Collection, record object) []byte {
	shown := append(object{}, record...)
	shown.set(c.Secret[0], quote("whk_"+rand.Text()))
	return []byte(shown.String())
}
