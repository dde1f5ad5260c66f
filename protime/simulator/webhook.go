package simulator

import (
	"crypto/rand"
	"time"
)

const webhooks = "webhooks"

// settleWebhook fills in what the system knows. That the destination must be https is part of the
// contract's pattern, which is checked here because patterns are not among the fields (reference/webhooks).
func settleWebhook(f *findings, c *call, record *object) {
	destination := text(record.at("destinationUrl"))
	if len(destination) < len("https://x") || destination[:len("https://")] != "https://" {
		f.refuse("destinationUrl must be an https URL.")
	}
	record.set("validUntil", quote(c.options.now().AddDate(0, 3, 0).Format(time.RFC3339)))
	record.set("status", `"Enabled"`)
}

// webhookCreated is the body of the 201: the record with its private key, which is never shown again and
// not kept. The name of the key's member is not published; the contract lists the names that count as one.
func (t *Tenant) webhookCreated(c *call, id string) string {
	record := parseObject(t.lookup(webhooks, id).raw)
	name := "webhookKey"
	if len(c.collection.Secret) > 0 {
		name = c.collection.Secret[0]
	}
	record.set(name, quote("whk_"+rand.Text()))
	return record.String()
}
