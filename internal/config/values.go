package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// value is a place that a setting is read into. Set's error continues the variable's name: "must be ...".
type value interface {
	Set(text string) error
	String() string // as it would be set, "" when it is not
	Kind() string
}

// name is a DNS label, because a tenant's name becomes one.
type name struct{ to *string }

func (v *name) Kind() string   { return "name" }
func (v *name) String() string { return *v.to }
func (v *name) Set(text string) error {
	if !matches(`[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?`, text) {
		return errors.New("must be the first part of the company's myProtime address, like acme: small letters, digits, hyphens")
	}
	*v.to = text
	return nil
}

type choice struct {
	to *string
	of []string
}

func (v *choice) Kind() string   { return "choice" }
func (v *choice) String() string { return *v.to }
func (v *choice) Set(text string) error {
	if !slices.Contains(v.of, text) {
		return fmt.Errorf("must be %s", strings.Join(v.of, " or "))
	}
	*v.to = text
	return nil
}

// required reads optional and required.
type required struct{ to *bool }

func (v *required) Kind() string { return "choice" }

func (v *required) String() string {
	if *v.to {
		return "required"
	}
	return "optional"
}

func (v *required) Set(text string) error {
	if text != "optional" && text != "required" {
		return errors.New("must be optional or required")
	}
	*v.to = text == "required"
	return nil
}

// count is a number of things, 0 or more.
type count struct{ to *int }

func (v *count) Kind() string   { return "number" }
func (v *count) String() string { return strconv.Itoa(*v.to) }
func (v *count) Set(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > 1_000_000 {
		return errors.New("must be a number from 0 to 1000000")
	}
	*v.to = n
	return nil
}

// line is any text on one line.
type line struct{ to *string }

func (v *line) Kind() string   { return "text" }
func (v *line) String() string { return *v.to }
func (v *line) Set(text string) error {
	if err := oneLine(text); err != nil {
		return err
	}
	*v.to = text
	return nil
}

// header is text that may stand in an HTTP header.
type header struct{ to *string }

func (v *header) Kind() string   { return "text" }
func (v *header) String() string { return *v.to }
func (v *header) Set(text string) error {
	if !matches(`[ -~]{1,256}`, text) {
		return errors.New("must be at most 256 plain ASCII characters")
	}
	*v.to = text
	return nil
}

// file is the path of a file that can be read.
type file struct{ to *string }

func (v *file) Kind() string   { return "path" }
func (v *file) String() string { return *v.to }
func (v *file) Set(text string) error {
	opened, err := os.Open(text) // #nosec G304 -- the administrator names this file
	if err != nil {
		return errors.New("must name a file that can be read")
	}
	defer opened.Close()
	if info, err := opened.Stat(); err != nil || !info.Mode().IsRegular() {
		return errors.New("must name a file, not a folder or a device")
	}
	*v.to = text
	return nil
}

const guid = `[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}`

// words is a list separated by spaces, and by commas too because people write them.
type words struct {
	to      *[]string
	pattern string
	each    string // what one word must be, with its article
	none    bool   // the word none makes the list empty, where it has a default
}

func (v *words) Kind() string { return "list" }

func (v *words) String() string {
	if v.none && len(*v.to) == 0 {
		return "none"
	}
	return strings.Join(*v.to, " ")
}

func (v *words) Set(text string) error {
	if v.none && text == "none" {
		*v.to = nil
		return nil
	}
	fields := split(text)
	for _, field := range fields {
		if !matches(v.pattern, field) || strings.ContainsAny(field, `"\`) {
			return fmt.Errorf("must list words that are each %s, %q is not", v.each, field)
		}
	}
	if len(fields) == 0 {
		return errors.New("holds no word")
	}
	*v.to = fields
	return nil
}

// list is separated by commas alone: a group or a reason may hold spaces.
type list struct{ to *[]string }

func (v *list) Kind() string   { return "list" }
func (v *list) String() string { return strings.Join(*v.to, ", ") }
func (v *list) Set(text string) error {
	if err := oneLine(text); err != nil {
		return err
	}
	var items []string
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" && !slices.Contains(items, item) {
			items = append(items, item)
		}
	}
	if len(items) == 0 {
		return errors.New("holds nothing between its commas")
	}
	*v.to = items
	return nil
}

// groups are numbers with names, separated by commas.
type groups struct{ to *[]Group }

func (v *groups) Kind() string { return "list" }

func (v *groups) String() string {
	texts := make([]string, 0, len(*v.to))
	for _, group := range *v.to {
		texts = append(texts, strconv.FormatInt(group.ID, 10)+"="+group.Name)
	}
	return strings.Join(texts, ", ")
}

func (v *groups) Set(text string) error {
	var items []string
	if err := (&list{to: &items}).Set(text); err != nil {
		return err
	}
	found := make([]Group, 0, len(items))
	for _, item := range items {
		number, name, _ := strings.Cut(item, "=")
		id, err := strconv.ParseInt(strings.TrimSpace(number), 10, 32)
		name = strings.TrimSpace(name)
		if err != nil || id < 0 || name == "" {
			return fmt.Errorf("must list numbers with names, like 2=Night shift, 8=Drivers: %q is none", item)
		}
		if slices.ContainsFunc(found, func(g Group) bool { return g.ID == id }) {
			return fmt.Errorf("names %d twice", id)
		}
		found = append(found, Group{ID: id, Name: name})
	}
	*v.to = found
	return nil
}

// address is host:port to listen on; port 0 lets the system choose.
type address struct {
	to  *string
	off bool // the word off is allowed
}

func (v *address) Kind() string   { return "address" }
func (v *address) String() string { return *v.to }
func (v *address) Set(text string) error {
	if v.off && text == "off" {
		*v.to = ""
		return nil
	}
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		return errors.New("must be host:port or :port, like :8080 or [::1]:8080")
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return errors.New("must end in a port from 0 to 65535")
	}
	if _, err := netip.ParseAddr(host); host != "" && err != nil && !matches(hostname, host) {
		return errors.New("must start with a host name or an address")
	}
	*v.to = text
	return nil
}

// prefixes are networks; a single address is a network of one.
type prefixes struct{ to *[]netip.Prefix }

func (v *prefixes) Kind() string { return "list" }

func (v *prefixes) String() string {
	var texts []string
	for _, prefix := range *v.to {
		texts = append(texts, prefix.String())
	}
	return strings.Join(texts, " ")
}

func (v *prefixes) Set(text string) error {
	var networks []netip.Prefix
	for _, field := range split(text) {
		prefix, err := netip.ParsePrefix(field)
		if addr, alone := netip.ParseAddr(field); alone == nil {
			if bytes := addr.AsSlice(); bytes[len(bytes)-1] == 0 {
				return fmt.Errorf("must list networks like 10.0.0.0/8: %s has no prefix length, write %s/%d for that one address",
					field, field, addr.BitLen())
			}
			prefix, err = netip.PrefixFrom(addr.WithZone(""), addr.BitLen()), nil
		}
		if err != nil {
			return fmt.Errorf("must list networks like 10.0.0.0/8, %q is not one", field)
		}
		if prefix.Bits() == 0 {
			return fmt.Errorf("must not trust every address there is: with %s anybody could claim to be anywhere", field)
		}
		networks = append(networks, prefix.Masked())
	}
	*v.to = networks
	return nil
}

func matches(pattern, text string) bool {
	return regexp.MustCompile(`^(?:` + pattern + `)$`).MatchString(text)
}

func split(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
}

func oneLine(text string) error {
	if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
		return errors.New("must be text on one line")
	}
	return nil
}
