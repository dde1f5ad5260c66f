package sso

import (
	"strings"
	"sync"
)

// opened remembers the sessions of cookies that were verified and decrypted lately: a browser sends the same one for a
// minute, with every request. It saves that work and decides nothing: limits, roles and revocations are looked at each
// time. A cookie that was not genuine is never in it. The zero value is ready for use.
type opened struct {
	mu       sync.RWMutex
	sessions map[string]Session // by the cookie's value
}

// mostOpened bounds what is remembered; then it begins anew.
const mostOpened = 512

func (o *opened) get(value string) (Session, bool) {
	o.mu.RLock()
	defer o.mu.RUnlock()
	session, ok := o.sessions[value]
	return session, ok
}

func (o *opened) put(value string, session Session) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.sessions == nil || len(o.sessions) >= mostOpened {
		o.sessions = map[string]Session{}
	}
	o.sessions[strings.Clone(value)] = session // not with the whole header that it stands in
}
