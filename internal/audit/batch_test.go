package audit_test

import (
	"protime-admin/internal/audit"
	"protime-admin/internal/batch"
)

var _ batch.Store = (*audit.Batches)(nil)
