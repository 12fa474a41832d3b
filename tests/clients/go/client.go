// SPDX-License-Identifier: GPL-2.0

// Every behaviour with the Paho Go client: paho_go HOST PORT.
package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
)

const wait = 60 * time.Second

var broker string

type peer struct {
	client mqtt.Client
	inbox  chan mqtt.Message
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func done(token mqtt.Token, what string) {
	if !token.WaitTimeout(wait) {
		panic(what + ": no answer")
	}
	if token.Error() != nil {
		panic(what + ": " + token.Error().Error())
	}
}

func open(name string, clean bool, will string, qos byte) *peer {
	p := &peer{inbox: make(chan mqtt.Message, 1000)}
	options := mqtt.NewClientOptions().AddBroker(broker).
		SetClientID("go-" + name).SetCleanSession(clean).
		SetProtocolVersion(4).SetAutoReconnect(false).
		SetOrderMatters(true).SetKeepAlive(60 * time.Second)
	// session messages can come before any subscription handler is set
	options.SetDefaultPublishHandler(func(_ mqtt.Client, m mqtt.Message) {
		p.inbox <- m
	})
	if will != "" {
		options.SetWill("will/w", will, qos, false)
	}
	p.client = mqtt.NewClient(options)
	done(p.client.Connect(), "connect")
	return p
}

func (p *peer) subscribe(filter string, qos byte) {
	token := p.client.Subscribe(filter, qos, nil)
	done(token, "subscribe")
	if got := token.(*mqtt.SubscribeToken).Result()[filter]; got != qos {
		panic(fmt.Sprintf("granted %d, want %d", got, qos))
	}
}

func (p *peer) publish(topic string, payload []byte, qos byte, retain bool) {
	done(p.client.Publish(topic, qos, retain, payload), "publish")
}

func (p *peer) receive() mqtt.Message {
	select {
	case m := <-p.inbox:
		return m
	case <-time.After(wait):
		panic("no message")
	}
}

func (p *peer) expect(topic string, payload []byte, qos byte, retain bool) {
	m := p.receive()
	if m.Topic() != topic || !bytes.Equal(m.Payload(), payload) ||
		m.Qos() != qos || m.Retained() != retain {
		panic(fmt.Sprintf("got %s %.60q %d %v, want %s %.60q %d %v",
			m.Topic(), m.Payload(), m.Qos(), m.Retained(),
			topic, payload, qos, retain))
	}
}

func (p *peer) stop() {
	p.client.Disconnect(250)
}

func exchange(qos byte) {
	one, two := open("one", true, "", 0), open("two", true, "", 0)
	one.subscribe("x/one/+", qos)
	two.subscribe("x/two/#", qos)
	for n := 0; n < 100; n++ {
		text := []byte(strconv.Itoa(n))
		one.publish("x/two/a", text, qos, false)
		two.publish("x/one/a", text, qos, false)
		// With the first of a topic delivered, the rest may be forwarded.
		if n == 0 {
			two.expect("x/two/a", text, qos, false)
			one.expect("x/one/a", text, qos, false)
		}
	}
	for n := 1; n < 100; n++ {
		text := []byte(strconv.Itoa(n))
		two.expect("x/two/a", text, qos, false)
		one.expect("x/one/a", text, qos, false)
	}
	done(one.client.Unsubscribe("x/one/+"), "unsubscribe")
	one.subscribe("x/end", qos)
	two.publish("x/one/a", []byte("nobody"), qos, false)
	two.publish("x/end", []byte("end"), qos, false)
	one.expect("x/end", []byte("end"), qos, false)
	one.stop()
	two.stop()
}

func retained() {
	one, two := open("one", true, "", 0), open("two", true, "", 0)
	one.publish("r/kept", []byte("kept"), 1, true)
	one.publish("r/gone", []byte("gone"), 1, true)
	one.publish("r/gone", []byte{}, 1, true)
	two.subscribe("r/+", 1)
	two.expect("r/kept", []byte("kept"), 1, true)
	one.publish("r/kept", []byte("live"), 1, true)
	two.expect("r/kept", []byte("live"), 1, false)
	one.publish("r/kept", []byte{}, 1, true)
	two.expect("r/kept", []byte{}, 1, false)
	one.stop()
	two.stop()
}

// The library cannot vanish, so another process does.
func will() {
	one := open("one", true, "", 0)
	one.subscribe("will/#", 2)
	for qos := byte(0); qos < 3; qos++ {
		text := fmt.Sprintf("gone %d", qos)
		check(exec.Command(os.Args[0], os.Args[1], os.Args[2], "vanish",
			text, strconv.Itoa(int(qos))).Run())
		one.expect("will/w", []byte(text), qos, false)
	}
	open("two", true, "bad", 0).stop()
	one.publish("will/end", []byte("end"), 0, false)
	one.expect("will/end", []byte("end"), 0, false)
	one.stop()
}

func session() {
	two := open("two", true, "", 0)
	open("one", true, "", 0).stop()
	one := open("one", false, "", 0)
	one.subscribe("s/q", 2)
	one.stop()
	for n := 0; n < 30; n++ {
		two.publish("s/q", []byte(strconv.Itoa(n)), byte(1+n%2), false)
	}
	one = open("one", false, "", 0)
	next := map[byte]int{1: 0, 2: 1}
	for n := 0; n < 30; n++ {
		m := one.receive()
		if string(m.Payload()) != strconv.Itoa(next[m.Qos()]) {
			panic(fmt.Sprintf("got %s, want %d", m.Payload(),
				next[m.Qos()]))
		}
		next[m.Qos()] += 2
	}
	one.stop()
	open("one", true, "", 0).stop()
	two.stop()
}

func large() {
	one := open("one", true, "", 0)
	body := bytes.Repeat([]byte("0123456789abcdef"), 131072)
	for qos := byte(0); qos < 3; qos++ {
		one.subscribe("large", qos)
		one.publish("large", body, qos, false)
		one.expect("large", body, qos, false)
	}
	one.stop()
}

func run(name string, test func()) (good bool) {
	defer func() {
		if err := recover(); err != nil {
			fmt.Printf("not ok %s: %v\n", name, err)
			good = false
		}
	}()
	test()
	fmt.Println("ok " + name)
	return true
}

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: paho_go HOST PORT")
		os.Exit(2)
	}
	broker = "tcp://" + os.Args[1] + ":" + os.Args[2]
	if len(os.Args) == 6 && os.Args[3] == "vanish" {
		qos, err := strconv.Atoi(os.Args[5])
		check(err)
		open("dying", true, os.Args[4], byte(qos))
		os.Exit(0)
	}
	good := run("qos 0", func() { exchange(0) })
	good = run("qos 1", func() { exchange(1) }) && good
	good = run("qos 2", func() { exchange(2) }) && good
	good = run("retained", retained) && good
	good = run("will", will) && good
	good = run("session", session) && good
	good = run("large", large) && good
	if !good {
		os.Exit(1)
	}
}
