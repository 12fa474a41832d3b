// SPDX-License-Identifier: GPL-2.0
#include <linux/completion.h>
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/llist.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/sched/clock.h>
#include <linux/slab.h>

#include "conn.h"
#include "credit.h"
#include "param.h"
#include "rx.h"
#include "tx.h"
#include "tx_item.h"
#include "worker.h"

/**
 * struct mqtt_worker - one CPU's share of the work
 *
 * @rx: conns with something to receive, as they come
 * @tx: conns with something to send, as they come
 * @many: the same, of fan-out to more than MQTT_WORKER_MANY
 * @later: what has been taken from @many, in order; its thread's own
 * @held: conns whose messages wait for more, until @timer
 * @ripe: conns whose messages have waited
 * @due: when @timer is to expire, KTIME_MAX: not at all
 * @timer: ends the waiting
 * @ready: conns to receive from, in order; the worker's own
 * @ready_end: the last of them
 * @resume: conns with unfinished fan-out, oldest first; the worker's own
 * @resume_end: where the next one is linked
 * @cpu: where it runs while that CPU is there
 * @task: its thread, NULL until the CPU has been there; nobody else runs it,
 *	so a conn is handled by one thread
 * @sender: another thread, for @many alone
 * @begun: the thread has begun, so it will run all there is before it stops
 * @awake: the thread will look at its lists before it sleeps
 * @sending: @sender will look at @many before it sleeps
 * @fifo: it runs as SCHED_FIFO; its own
 * @credit: whether it may; its own
 * @tick: jiffies when that was counted
 * @seq: number of the latest fan-out that was left unfinished
 * @lock: protects @running and @barriers; a leaf
 * @running: a pass is in progress
 * @barriers: who waits
 */
struct mqtt_worker {
	struct llist_head rx;
	struct llist_head tx;
	struct llist_head many;
	struct llist_node *later;
	struct llist_head held;
	struct llist_head ripe;
	ktime_t due;
	struct hrtimer timer;
	struct llist_node *ready;
	struct llist_node *ready_end;
	struct llist_node *resume;
	struct llist_node **resume_end;
	int cpu;
	struct task_struct *task;
	struct task_struct *sender;
	struct completion begun;
	bool awake;
	bool sending;
	bool fifo;
	struct mqtt_credit credit;
	unsigned long tick;
	u64 seq;
	spinlock_t lock;
	bool running;
	struct list_head barriers;
};

/**
 * struct mqtt_barrier - one worker's part of a barrier
 *
 * @node: entry in the worker's list
 * @seq: fan-out up to this number is waited for
 * @seen: @seq has been set: a pass began after the barrier was placed
 * @done: to signal
 */
struct mqtt_barrier {
	struct list_head node;
	u64 seq;
	bool seen;
	struct completion done;
};

/*
 * Conns sent to with softirqs disabled: with every acknowledgement and every
 * interrupt handled as it comes, the last ones wait twice as long.
 */
#define MQTT_WORKER_BURST	16

static enum cpuhp_state mqtt_worker_cpuhp;
static DEFINE_PER_CPU(struct mqtt_worker, mqtt_workers);

/*
 * After llist_add() or llist_add_batch(), which are full barriers: they pair
 * with that between clearing @awake and the last look in mqtt_worker_thread().
 * Either it is seen asleep here, or what was added is seen there.
 */
static void mqtt_worker_kick(struct mqtt_worker *w)
{
	if (!READ_ONCE(w->awake))
		wake_up_process(w->task);
}

/* As mqtt_worker_kick(), with @sending and mqtt_worker_sender(). */
static void mqtt_worker_kick_sender(struct mqtt_worker *w)
{
	if (!READ_ONCE(w->sending))
		wake_up_process(w->sender);
}

/* Is the conn to be put on the list of that bit? With a reference, then. */
static bool mqtt_worker_claim(struct mqtt_conn *conn, int bit)
{
	if (test_and_set_bit(bit, &conn->sched))
		return false;
	if (mqtt_conn_tryget(conn))
		return true;
	clear_bit(bit, &conn->sched);
	return false;
}

void mqtt_worker_rx(struct mqtt_conn *conn)
{
	struct mqtt_worker *w = per_cpu_ptr(&mqtt_workers, conn->cpu);

	if (mqtt_worker_claim(conn, MQTT_SCHED_RX) &&
	    llist_add(&conn->rx_node, &w->rx))
		mqtt_worker_kick(w);
}

void mqtt_worker_tx(struct mqtt_conn *conn)
{
	struct mqtt_worker *w = per_cpu_ptr(&mqtt_workers, conn->cpu);

	if (mqtt_worker_claim(conn, MQTT_SCHED_TX) &&
	    llist_add(&conn->tx_node, &w->tx))
		mqtt_worker_kick(w);
}

void mqtt_worker_tx_many(struct mqtt_conn *conn, u32 nr)
{
	struct mqtt_worker *w = per_cpu_ptr(&mqtt_workers, conn->cpu);

	if (nr < MQTT_WORKER_MANY)
		mqtt_worker_tx(conn);
	else if (mqtt_worker_claim(conn, MQTT_SCHED_TX) &&
		 llist_add(&conn->tx_node, &w->many))
		mqtt_worker_kick_sender(w);
}

/* Has all that is held sent. Also when the module goes. */
static void mqtt_worker_ripen(struct mqtt_worker *w)
{
	struct llist_node *first, *last;

	WRITE_ONCE(w->due, KTIME_MAX);
	/* Pairs with llist_add() in mqtt_worker_hold(). */
	smp_mb();
	first = llist_del_all(&w->held);
	if (!first)
		return;
	for (last = first; last->next; last = last->next)
		;
	if (llist_add_batch(first, last, &w->ripe))
		mqtt_worker_kick(w);
}

static enum hrtimer_restart mqtt_worker_timer(struct hrtimer *timer)
{
	mqtt_worker_ripen(container_of(timer, struct mqtt_worker, timer));
	return HRTIMER_NORESTART;
}

/* Another may do the same for another time: the earliest one counts. */
static void mqtt_worker_arm(struct mqtt_worker *w, ktime_t due)
{
	ktime_t old = READ_ONCE(w->due);

	do {
		if (old <= due)
			return;
	} while (!try_cmpxchg64(&w->due, &old, due));
	do {
		hrtimer_start(&w->timer, due, HRTIMER_MODE_ABS_SOFT);
		old = due;
		due = READ_ONCE(w->due);
	} while (due < old);
}

void mqtt_worker_hold(struct mqtt_conn *conn, u64 due)
{
	struct mqtt_worker *w = per_cpu_ptr(&mqtt_workers, conn->cpu);

	if (!mqtt_worker_claim(conn, MQTT_SCHED_HELD))
		return;
	llist_add(&conn->held_node, &w->held);
	mqtt_worker_arm(w, ns_to_ktime(due));
}

/*
 * At once while it has credit, which is as long as it leaves most of the CPU to
 * others; then a thread like any other. So it is on another's CPU. The scheduler
 * has just counted how long it ran: it slept, or a tick came.
 */
static void mqtt_worker_pace(struct mqtt_worker *w)
{
	bool fifo = mqtt_credit_count(&w->credit, local_clock(),
				      current->se.sum_exec_runtime) &&
		    raw_smp_processor_id() == w->cpu;

	w->tick = jiffies;
	if (fifo == w->fifo)
		return;
	w->fifo = fifo;
	if (fifo)
		sched_set_fifo_low(current);
	else
		sched_set_normal(current, 0);
}

/* Between two conns. */
static void mqtt_worker_breathe(struct mqtt_worker *w)
{
	if (w && time_after(jiffies, w->tick))
		mqtt_worker_pace(w);
	cond_resched();
}

static void mqtt_worker_fetch(struct mqtt_worker *w)
{
	struct llist_node *last = llist_del_all(&w->rx), *first;

	if (!last)
		return;
	first = llist_reverse_order(last);
	if (w->ready)
		w->ready_end->next = first;
	else
		w->ready = first;
	w->ready_end = last;
}

static void mqtt_worker_receive(struct mqtt_worker *w)
{
	struct mqtt_conn *conn = llist_entry(w->ready, struct mqtt_conn,
					     rx_node);
	enum mqtt_rx_verdict verdict;

	w->ready = w->ready->next;
	/* Before looking: what comes from now on queues the conn again. */
	clear_bit(MQTT_SCHED_RX, &conn->sched);
	smp_mb__after_atomic();

	verdict = mqtt_rx_run(conn);
	if (verdict == MQTT_RX_RESUME && !conn->seq) {
		/* The reference goes along. */
		conn->seq = ++w->seq;
		conn->resume_node.next = NULL;
		*w->resume_end = &conn->resume_node;
		w->resume_end = &conn->resume_node.next;
		return;
	}
	if (verdict == MQTT_RX_AGAIN)
		mqtt_worker_rx(conn);
	mqtt_conn_put(conn);
}

static void mqtt_worker_resume(struct mqtt_worker *w)
{
	struct llist_node **at = &w->resume;

	while (*at) {
		struct mqtt_conn *conn = llist_entry(*at, struct mqtt_conn,
						     resume_node);
		enum mqtt_rx_verdict verdict = mqtt_rx_run(conn);

		mqtt_worker_breathe(w);
		if (verdict == MQTT_RX_RESUME) {
			at = &conn->resume_node.next;
			continue;
		}
		*at = conn->resume_node.next;
		conn->seq = 0;
		if (verdict == MQTT_RX_AGAIN)
			mqtt_worker_rx(conn);
		mqtt_conn_put(conn);
	}
	w->resume_end = at;
}

/* Which of @conns got all that there was for them, one bit each. */
static unsigned long mqtt_worker_flush_short(struct mqtt_conn **conns, u32 nr)
{
	unsigned long sent = 0;
	LIST_HEAD(done);
	u32 i;

	if (!static_branch_likely(&mqtt_param_bursts))
		return 0;
	local_bh_disable();
	for (i = 0; i < nr; i++) {
		if (mqtt_tx_flush_short(conns[i], &done))
			sent |= BIT(i);
	}
	local_bh_enable();
	mqtt_tx_free_list(&done);
	return sent;
}

/*
 * Sends to the first ones of @list. Returns the others. @w is NULL for the thread
 * that goes before nobody.
 */
static struct llist_node *mqtt_worker_flush(struct mqtt_worker *w,
					    struct llist_node *list)
{
	struct mqtt_conn *conns[MQTT_WORKER_BURST];
	unsigned long sent;
	u32 nr = 0, i;

	for (; list && nr < ARRAY_SIZE(conns); list = list->next)
		conns[nr++] = llist_entry(list, struct mqtt_conn, tx_node);
	/* Before looking: what comes from now on queues the conn again. */
	for (i = 0; i < nr; i++)
		clear_bit(MQTT_SCHED_TX, &conns[i]->sched);
	smp_mb__after_atomic();

	sent = mqtt_worker_flush_short(conns, nr);
	for (i = 0; i < nr; i++) {
		if (!(sent & BIT(i))) {
			mqtt_tx_flush(conns[i]);
			mqtt_worker_breathe(w);
		}
		mqtt_conn_put(conns[i]);
	}
	mqtt_worker_breathe(w);
	return list;
}

static void mqtt_worker_send(struct mqtt_worker *w)
{
	struct llist_node *list = llist_reverse_order(llist_del_all(&w->tx));

	while (list)
		list = mqtt_worker_flush(w, list);
}

static bool mqtt_worker_sends_many(struct mqtt_worker *w)
{
	return READ_ONCE(w->later) || !llist_empty(&w->many);
}

/*
 * Fan-out to very many goes on when those of it that there are have been sent
 * to, or somebody waits for its end.
 */
static bool mqtt_worker_resumes(struct mqtt_worker *w)
{
	return w->resume && (!mqtt_worker_sends_many(w) ||
			     !list_empty(&w->barriers) ||
			     kthread_should_stop());
}

/* What has waited is sent as if it came now. */
static void mqtt_worker_fetch_ripe(struct mqtt_worker *w)
{
	struct llist_node *list = llist_reverse_order(llist_del_all(&w->ripe));
	struct mqtt_conn *conn, *tmp;
	u32 nr = 0;

	llist_for_each_entry_safe(conn, tmp, list, held_node) {
		clear_bit(MQTT_SCHED_HELD, &conn->sched);
		smp_mb__after_atomic();
		mqtt_worker_tx_many(conn, nr++);
		mqtt_conn_put(conn);
	}
}

static void mqtt_worker_begin(struct mqtt_worker *w)
{
	struct mqtt_barrier *b;

	spin_lock(&w->lock);
	w->running = true;
	list_for_each_entry(b, &w->barriers, node) {
		if (!b->seen) {
			b->seq = w->seq;
			b->seen = true;
		}
	}
	spin_unlock(&w->lock);
}

static void mqtt_worker_end(struct mqtt_worker *w)
{
	struct mqtt_barrier *b, *tmp;
	struct mqtt_conn *oldest = NULL;

	spin_lock(&w->lock);
	w->running = false;
	if (w->resume)
		oldest = llist_entry(w->resume, struct mqtt_conn, resume_node);
	list_for_each_entry_safe(b, tmp, &w->barriers, node) {
		if (!b->seen || (oldest && oldest->seq <= b->seq))
			continue;
		list_del(&b->node);
		complete(&b->done);
	}
	spin_unlock(&w->lock);
}

static bool mqtt_worker_busy(struct mqtt_worker *w)
{
	return !llist_empty(&w->rx) || !llist_empty(&w->tx) ||
	       !llist_empty(&w->ripe) || w->ready ||
	       mqtt_worker_resumes(w) || !list_empty(&w->barriers);
}

static void mqtt_worker_pass(struct mqtt_worker *w)
{
	int n;

	mqtt_worker_begin(w);
	if (mqtt_worker_resumes(w))
		mqtt_worker_resume(w);
	mqtt_worker_fetch(w);
	for (n = 0; n < mqtt_param_batch && w->ready; n++) {
		mqtt_worker_receive(w);
		mqtt_worker_breathe(w);
	}
	if (unlikely(!llist_empty(&w->ripe)))
		mqtt_worker_fetch_ripe(w);
	mqtt_worker_send(w);
	mqtt_worker_end(w);
}

static int mqtt_worker_thread(void *data)
{
	struct mqtt_worker *w = data;

	complete(&w->begun);
	for (;;) {
		WRITE_ONCE(w->awake, true);
		mqtt_worker_pace(w);
		do {
			mqtt_worker_pass(w);
			mqtt_worker_breathe(w);
		} while (mqtt_worker_busy(w));
		WRITE_ONCE(w->awake, false);
		/* A full barrier: see mqtt_worker_kick(). */
		set_current_state(TASK_INTERRUPTIBLE);
		if (!mqtt_worker_busy(w)) {
			if (kthread_should_stop())
				break;
			schedule();
		}
		__set_current_state(TASK_RUNNING);
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

/*
 * Sends to all but the first of very many, which takes more than a second for
 * 100,000. Nobody is to wait for that, so it is a thread like any other, which
 * the worker takes the CPU from. What it does is not taken off the worker's
 * credit: that is for what is short.
 */
static int mqtt_worker_sender(void *data)
{
	struct mqtt_worker *w = data;

	complete(&w->begun);
	for (;;) {
		WRITE_ONCE(w->sending, true);
		while (mqtt_worker_sends_many(w)) {
			struct llist_node *list = w->later;

			if (!list) {
				list = llist_del_all(&w->many);
				list = llist_reverse_order(list);
				WRITE_ONCE(w->later, list);
			}
			WRITE_ONCE(w->later, mqtt_worker_flush(NULL, list));
		}
		WRITE_ONCE(w->sending, false);
		/*
		 * A full barrier: see mqtt_worker_kick_sender(). Also, either
		 * the worker sees that all are sent to, or it is seen here that
		 * it waits for that.
		 */
		set_current_state(TASK_INTERRUPTIBLE);
		if (!mqtt_worker_sends_many(w)) {
			if (READ_ONCE(w->resume))
				mqtt_worker_kick(w);
			if (kthread_should_stop())
				break;
			schedule();
		}
		__set_current_state(TASK_RUNNING);
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

/* Places a barrier unless the worker has nothing under way. */
static bool mqtt_worker_place(struct mqtt_worker *w, struct mqtt_barrier *b)
{
	bool placed;

	spin_lock(&w->lock);
	placed = w->running || READ_ONCE(w->resume);
	if (placed)
		list_add_tail(&b->node, &w->barriers);
	spin_unlock(&w->lock);
	/* A full barrier, unlike the lock. */
	if (placed)
		wake_up_process(w->task);
	return placed;
}

int mqtt_worker_barrier(void)
{
	struct mqtt_barrier *b;
	int cpu;

	b = kcalloc(nr_cpu_ids, sizeof(*b), GFP_KERNEL);
	if (!b)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		init_completion(&b[cpu].done);
		if (!mqtt_worker_place(per_cpu_ptr(&mqtt_workers, cpu),
				       &b[cpu]))
			complete(&b[cpu].done);
	}
	/* Passes and fan-out are bounded, so this is not for ever. */
	for_each_possible_cpu(cpu)
		wait_for_completion(&b[cpu].done);
	kfree(b);
	return 0;
}

int mqtt_worker_cpu(int cpu)
{
	if (cpu >= 0 && cpu < nr_cpu_ids && cpu_online(cpu) &&
	    READ_ONCE(per_cpu_ptr(&mqtt_workers, cpu)->task))
		return cpu;
	/* No process runs on a CPU that has not come so far. */
	return raw_smp_processor_id();
}

static struct task_struct *mqtt_worker_create(struct mqtt_worker *w,
					      int (*run)(void *data),
					      const char *name)
{
	struct task_struct *task;

	task = kthread_create_on_cpu(run, w, w->cpu, name);
	if (IS_ERR(task))
		return task;
	wake_up_process(task);
	wait_for_completion(&w->begun);
	return task;
}

/*
 * Without its CPU a thread runs on others: the scheduler moves threads that
 * are bound like this one. Here it comes back.
 */
static int mqtt_worker_online(unsigned int cpu)
{
	struct mqtt_worker *w = per_cpu_ptr(&mqtt_workers, cpu);
	struct task_struct *task;

	if (w->task)
		return set_cpus_allowed_ptr(w->task, cpumask_of(cpu)) ?:
		       set_cpus_allowed_ptr(w->sender, cpumask_of(cpu));
	task = mqtt_worker_create(w, mqtt_worker_sender, "mqtt-many/%u");
	if (IS_ERR(task))
		return PTR_ERR(task);
	w->sender = task;
	task = mqtt_worker_create(w, mqtt_worker_thread, "mqtt/%u");
	if (IS_ERR(task)) {
		kthread_stop(w->sender);
		w->sender = NULL;
		return PTR_ERR(task);
	}
	WRITE_ONCE(w->task, task);
	return 0;
}

static void mqtt_worker_stop(struct mqtt_worker *w)
{
	if (!w->task)
		return;
	kthread_stop(w->task);
	/* Now nobody gives it more. */
	kthread_stop(w->sender);
}

int mqtt_worker_init(void)
{
	int cpu, ret;

	for_each_possible_cpu(cpu) {
		struct mqtt_worker *w = per_cpu_ptr(&mqtt_workers, cpu);

		init_llist_head(&w->rx);
		init_llist_head(&w->tx);
		init_llist_head(&w->many);
		init_llist_head(&w->held);
		init_llist_head(&w->ripe);
		w->due = KTIME_MAX;
		mqtt_compat_hrtimer_setup(&w->timer, mqtt_worker_timer,
					  CLOCK_MONOTONIC,
					  HRTIMER_MODE_ABS_SOFT);
		w->resume_end = &w->resume;
		INIT_LIST_HEAD(&w->barriers);
		spin_lock_init(&w->lock);
		init_completion(&w->begun);
		w->cpu = cpu;
	}
	ret = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "net/mqtt:online",
				mqtt_worker_online, NULL);
	if (ret < 0) {
		for_each_possible_cpu(cpu)
			mqtt_worker_stop(per_cpu_ptr(&mqtt_workers, cpu));
		return ret;
	}
	mqtt_worker_cpuhp = ret;
	return 0;
}

void mqtt_worker_exit(void)
{
	int cpu;

	cpuhp_remove_state_nocalls(mqtt_worker_cpuhp);
	for_each_possible_cpu(cpu) {
		struct mqtt_worker *w = per_cpu_ptr(&mqtt_workers, cpu);

		hrtimer_cancel(&w->timer);
		mqtt_worker_ripen(w);
	}
	for_each_possible_cpu(cpu)
		mqtt_worker_stop(per_cpu_ptr(&mqtt_workers, cpu));
}
