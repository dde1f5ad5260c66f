package handlers

import (
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"protime-admin/protime/contract"
)

// params are the decoded path parameters of a collection's page in the contract's order, the record's own last. A
// value that no id looks like is no page of ours.
func (v *visit) params(c *contract.Collection, item bool) ([]string, error) {
	names := make([]string, 0, len(c.Params)+1)
	for _, p := range c.Params {
		names = append(names, p.Name)
	}
	switch {
	case item && len(c.Key) > 0:
		names = append(names, rowParam)
	case !item && c.ItemPath != "" && len(names) > 0 && strings.Contains(c.ItemPath, "{"+names[len(names)-1]+"}") &&
		!strings.Contains(c.Path, "{"+names[len(names)-1]+"}"):
		names = names[:len(names)-1]
	}
	values := make([]string, 0, len(names))
	for _, name := range names {
		value, err := v.param(name)
		if err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return values, nil
}

func (v *visit) param(name string) (string, error) {
	value := v.c.Param(name)
	if v.address().RawPath != "" {
		// Echo leaves a path alone that has escapes of its own.
		decoded, err := url.PathUnescape(value)
		if err != nil {
			return "", echo.ErrNotFound
		}
		value = decoded
	}
	if !idPattern.MatchString(value) || value == "." || value == ".." {
		return "", echo.ErrNotFound
	}
	return value, nil
}
