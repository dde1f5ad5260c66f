package endtoend

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"protime-admin/protime/simulator"
)

// crowd is an API that costs little: 5,000 people, of whom 3,250 clock each day, four times. The simulator looks at all
// its records for each page, which would take longer than what is measured. One clocking in some hundred is forgotten,
// touched twice or made by the system. Lists come in pages of pageSize, in an order that means nothing.
type crowd struct {
	pageSize int
	delay    time.Duration // of each answer

	mu    sync.Mutex
	dates map[string][][]byte // the clockings of everybody on a date
	first time.Time           // when the first page of clockings was answered since /first was asked for
}

const (
	crowdPeople  = 5000
	crowdWorking = 3250 // a day

	crowdClocker  = 1000       // one of those who work on crowdFrom
	crowdClocking = 1000005140 // the first one of theirs on that date
)

var (
	fromDate    = regexp.MustCompile(`date ge '([0-9-]+)'`)
	untilDate   = regexp.MustCompile(`date le '([0-9-]+)'`)
	somePeople  = regexp.MustCompile(`person in \(([0-9,]+)\)`)
	crowdFields = `"firstName":"Ann","lastName":"Person %d","badgeNumber":"9%05d","employeeNumber":"E%d","inServiceDate":"2015-01-01"`
)

// playCrowd is the API of the crowd; it writes its address.
func playCrowd() error {
	size, err := strconv.Atoi(os.Getenv("PAGE_SIZE"))
	if err != nil {
		return err
	}
	delay, err := time.ParseDuration(cmp.Or(os.Getenv("API_DELAY"), "0s"))
	if err != nil {
		return err
	}
	var listen net.ListenConfig
	listener, err := listen.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	c := &crowd{pageSize: size, delay: delay, dates: map[string][][]byte{}}
	for _, date := range daysBetween(os.Getenv("FROM"), os.Getenv("UNTIL")) { // before anybody measures
		c.everybody(date)
	}
	server := &http.Server{Handler: c, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }() // ends with the process
	fmt.Println("http://" + listener.Addr().String())
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// ServeHTTP answers the token endpoint, lists, and /first: when the first page of clockings was answered since it was
// asked for last, in nanoseconds of the clock.
func (c *crowd) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	path, isAPI := strings.CutPrefix(r.URL.Path, simulator.BasePath)
	switch {
	case r.URL.Path == "/first":
		c.mu.Lock()
		fmt.Fprint(w, c.first.UnixNano())
		c.first = time.Time{}
		c.mu.Unlock()
		return
	case !isAPI:
		fmt.Fprint(w, `{"access_token":"a.b.c","expires_in":1800,"token_type":"Bearer"}`)
		return
	}
	time.Sleep(c.delay)
	var records [][]byte
	filter := r.URL.Query().Get("filter")
	switch path {
	case "/people":
		for i := range crowdPeople {
			id := crowdID(i)
			records = append(records, fmt.Appendf(nil, `{"id":%d,`+crowdFields+`}`, id, id, id, id))
		}
	case "/clockings":
		records = c.clockings(filter)
	}
	if path == "/clockings/"+strconv.Itoa(crowdClocking) {
		_, _ = w.Write(crowdDay(crowdClocker, crowdFrom)[0]) // who asked has gone when this fails
		return
	}
	from, _ := strconv.Atoi(r.URL.Query().Get("continuationToken")) // none is the beginning
	until := min(len(records), from+c.pageSize)
	body := append([]byte(`{"value":[`), bytes.Join(records[from:until], []byte(","))...)
	body = append(body, ']')
	if until < len(records) {
		body = fmt.Appendf(body, `,"nextLink":"%s?filter=%s&continuationToken=%d"`, r.URL.Path, filter, until)
	}
	_, _ = w.Write(append(body, '}')) // who asked has gone when this fails
	if path == "/clockings" {
		c.mu.Lock()
		if c.first.IsZero() {
			c.first = time.Now()
		}
		c.mu.Unlock()
	}
}

// clockings are those that a filter holds for.
func (c *crowd) clockings(filter string) [][]byte {
	dates := daysBetween(submatch(fromDate, filter), submatch(untilDate, filter))
	var all [][]byte
	if ids := submatch(somePeople, filter); ids != "" {
		for _, date := range dates {
			for _, id := range strings.Split(ids, ",") {
				n, _ := strconv.Atoi(id) // the expression takes nothing else
				all = append(all, crowdDay(n-crowdID(0), date)...)
			}
		}
		return all
	}
	for _, date := range dates {
		all = slices.Concat(all, c.everybody(date))
	}
	return all
}

// everybody are all clockings of a date.
func (c *crowd) everybody(date string) [][]byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dates[date] == nil {
		var all [][]byte
		for i := range crowdPeople {
			all = append(all, crowdDay(i, date)...)
		}
		mixed := make([][]byte, len(all))
		for i := range all {
			mixed[i*7919%len(all)] = all[i] // a prime number: every place is taken once
		}
		c.dates[date] = mixed
	}
	return c.dates[date]
}

func crowdID(i int) int { return 70001 + i }

// crowdDay are one person's clockings of a date.
func crowdDay(i int, date string) [][]byte {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return nil
	}
	number := int(day.Unix() / 86400)
	if (i+number*1750)%crowdPeople >= crowdWorking {
		return nil
	}
	turn := (i*7 + number*11) % 83
	times := []int{480 + i%30, 720 + i%20, 755 + i%20, 990 + i%40}
	switch turn {
	case 0:
		times = times[:3]
	case 1:
		times = append(times, times[0]+1)
	}
	var all [][]byte
	for k, minute := range times {
		all = append(all, fmt.Appendf(nil, `{"changeVersion":"0001E7C5000098FA%04d","id":%d%05d%d,"person":{"id":%d},"date":"%s","timeOfDayInMinutes":%d,`+
			`"calculatedTimeOfDayInMinutes":%d,"isGenerated":%t,"terminal":{"id":%d},"kind":"InOut","status":"Active"}`,
			i, number%1000, i, k, crowdID(i), date, minute, minute, turn == 2 && k == 3, 765+i%4))
	}
	return all
}

func submatch(expression *regexp.Regexp, text string) string {
	if found := expression.FindStringSubmatch(text); found != nil {
		return found[1]
	}
	return ""
}

// daysBetween are the dates from one to another, both included.
func daysBetween(from, until string) []string {
	day, err := time.Parse(time.DateOnly, from)
	if err != nil {
		return nil
	}
	var all []string
	for ; day.Format(time.DateOnly) <= until; day = day.AddDate(0, 0, 1) {
		all = append(all, day.Format(time.DateOnly))
	}
	return all
}
