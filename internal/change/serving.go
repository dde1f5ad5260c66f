package change

import (
	"context"

	"protime-admin/protime"
)

// Serving is an API whose writes end with the process. Do goes on when its caller's context ends, so the end of the
// server has to cancel what is still being sent: then its outcome is logged as lost before the log is closed.
type Serving struct {
	API
	Until context.Context // done when writes in flight are given up
}

// Send implements API.
func (s Serving) Send(ctx context.Context, r protime.Request) (protime.Answer, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.Until, cancel)()
	return s.API.Send(ctx, r)
}
