package sso

import (
	"strings"
	"sync"
)

// sessionCache holds the sessions of cookies that were decrypted lately: a browser sends the same cookie with every
// request for a minute. Limits, roles and revocations are checked for each request all the same. Only authentic cookies
// are in it. The zero value is ready for use.
type sessionCache struct {
	mu       sync.RWMutex
	sessions map[string]Session // by the cookie's value
}

// maxCachedSessions bounds the cache, which is emptied when it is full.
const maxCachedSessions = 512

func (c *sessionCache) get(value string) (Session, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	session, ok := c.sessions[value]
	return session, ok
}

func (c *sessionCache) put(value string, session Session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sessions == nil || len(c.sessions) >= maxCachedSessions {
		c.sessions = map[string]Session{}
	}
	c.sessions[strings.Clone(value)] = session // a clone, since value is a part of the request's header
}
