package web

import (
	"context"
	"runtime/debug"
	"time"
)

// Memory is given back once after start, which leaves parsed documents behind, and then at this interval.
const (
	firstRelease    = time.Second
	releaseInterval = 20 * time.Second
)

// releaseMemory collects garbage and gives the memory back to the system until ctx ends. The runtime alone collects an
// idle process every two minutes, and drops pooled buffers at the second collection: 4 minutes after 500 people had
// left, the process still held 20 MB more than before they came (BenchmarkWaitingLists). One collection of an idle
// process takes some milliseconds.
func releaseMemory(ctx context.Context) {
	for wait := firstRelease; ; wait = releaseInterval {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
			debug.FreeOSMemory()
		}
	}
}
