package tell_test

import (
	"strings"
	"testing"

	"protime-admin/internal/change"
	"protime-admin/internal/tell"
)

// FuzzCurl: whatever stands in a record, a shell reads the words that were meant and starts nothing else.
func FuzzCurl(f *testing.F) {
	f.Add("PUT", "https://acme.example/clockings/1?a=b&c", `"1"`, `{"note":"it's $(date) `+"`id`"+`"}`)
	f.Add("POST", "x'; rm -rf /; '", "'", "\\'")
	words := &tell.Words{Teller: &tell.Teller{Options: tell.Options{UserAgent: "agent's"}}}
	f.Fuzz(func(t *testing.T, _, address, ifMatch, body string) {
		call := words.Call(change.Receipt{
			Change:  change.Change{Request: change.Request{Method: "PUT", IfMatch: ifMatch, Body: []byte(body)}},
			Outcome: change.Outcome{URL: address},
		})
		got, ok := shellWords(call.Curl)
		want := []string{"curl", "-X", "PUT", address, "-H", "Authorization: Bearer ***", "-H", "User-Agent: agent's", "-H", "Accept: application/json"}
		if ifMatch != "" {
			want = append(want, "-H", "If-Match: "+ifMatch)
		}
		if body != "" {
			want = append(want, "-H", "Content-Type: application/json", "--data", body)
		}
		if !ok || strings.Join(got, "\x1f") != strings.Join(want, "\x1f") || len(got) != len(want) {
			t.Errorf("got the words %q, want %q", got, want)
		}
	})
}

// shellWords splits a command as a shell does, for the little that ours may have outside of apostrophes.
func shellWords(command string) (all []string, ok bool) {
	word, begun := "", false
	for command != "" {
		c := command[0]
		command = command[1:]
		switch {
		case c == '\'':
			inner, rest, closed := strings.Cut(command, "'")
			if !closed {
				return nil, false
			}
			word, begun, command = word+inner, true, rest
		case c == '\\' && strings.HasPrefix(command, "'"):
			word, begun, command = word+"'", true, command[1:]
		case c == '\\' && strings.HasPrefix(command, "\n"):
			command = command[1:]
		case c == ' ':
			if begun {
				all = append(all, word)
			}
			word, begun = "", false
		case strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-", rune(c)):
			word, begun = word+string(c), true
		default:
			return nil, false
		}
	}
	if begun {
		all = append(all, word)
	}
	return all, true
}
