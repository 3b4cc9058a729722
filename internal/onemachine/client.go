package onemachine

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"

	"hourglass/api"
)

// Client is a technician at a browser with a passkey in software. It speaks to the product over HTTP and knows
// nothing else of it. It is safe for concurrent use once it is signed in.
type Client struct {
	base   string
	http   *http.Client
	device device

	mu      sync.Mutex
	cookies map[string]string
}

// NewClient is a browser that has not been anywhere yet. publicURL is Machine.PublicURL.
func NewClient(publicURL string) (*Client, error) {
	d, err := newDevice(publicURL)
	if err != nil {
		return nil, err
	}
	// A transport of its own: a killed server leaves no half-dead connection to others.
	return &Client{base: publicURL, http: &http.Client{Transport: &http.Transport{}}, device: d, cookies: map[string]string{}}, nil
}

// Problem is an answer of the API that is not what was asked for.
type Problem struct{ api.Problem }

func (p *Problem) Error() string {
	return fmt.Sprintf("%d %s: %s %s", p.Status, p.Type, p.Title, p.Detail)
}

// sheet is the text of a CSV file.
type sheet string

// call sends in as JSON, unless it is nil or a sheet, and reads the answer into out, unless that is nil. header are pairs
// of name and value.
func (c *Client) call(ctx context.Context, method, path string, in, out any, header ...string) error {
	answer, err := c.send(ctx, method, path, in, header...)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return nil
}

// send returns an answer that is no problem; its body is to be closed.
func (c *Client) send(ctx context.Context, method, path string, in any, header ...string) (*http.Response, error) {
	contentType, body := "", bytes.Buffer{}
	switch in := in.(type) {
	case nil:
	case sheet:
		contentType = "text/csv"
		body.WriteString(string(in))
	default:
		contentType = "application/json"
		if err := json.NewEncoder(&body).Encode(in); err != nil {
			return nil, err
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, c.base+path, &body)
	if err != nil {
		return nil, err
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	request.Header.Set("Origin", c.base)
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	c.addCookies(request)
	answer, err := c.http.Do(request)
	if err != nil {
		return nil, err
	}
	c.keepCookies(answer)
	if answer.StatusCode < http.StatusBadRequest {
		return answer, nil
	}
	defer answer.Body.Close()
	problem := &Problem{}
	if err := json.NewDecoder(answer.Body).Decode(&problem.Problem); err != nil {
		return nil, fmt.Errorf("%s %s: %s without a problem document", method, path, answer.Status)
	}
	return nil, problem
}

// Cookies are kept by hand: browsers send Secure ones to http://localhost, net/http/cookiejar does not.

func (c *Client) addCookies(r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for name, value := range c.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
}

func (c *Client) keepCookies(answer *http.Response) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, cookie := range answer.Cookies() {
		if cookie.MaxAge < 0 {
			delete(c.cookies, cookie.Name)
		} else {
			c.cookies[cookie.Name] = cookie.Value
		}
	}
}
