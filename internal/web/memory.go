package web

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// Memory is given back at these times, where it is so many bytes more than at the quietest of them. The first time is
// after start, which leaves parsed documents behind.
const (
	memoryInterval = 10 * time.Second
	memoryMargin   = 8 << 20
)

// releaseMemory gives memory back to the system until ctx ends. The runtime alone collects an idle process every two
// minutes, and drops pooled buffers at the second collection: 242 seconds after 500 waiting people had left, the
// process still held 20 MB more than before they came (BenchmarkWaitingLists).
func releaseMemory(ctx context.Context) {
	ticker := time.NewTicker(memoryInterval)
	defer ticker.Stop()
	for quietest := uint64(0); ; {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if quietest > 0 && heldMemory() <= quietest+memoryMargin {
			continue
		}
		debug.FreeOSMemory()
		if held := heldMemory(); quietest == 0 || held < quietest {
			quietest = held
		}
	}
}

// heldMemory is how many bytes the runtime holds of the system's memory.
func heldMemory() uint64 {
	classes := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(classes)
	return classes[0].Value.Uint64() - classes[1].Value.Uint64()
}
