# SPDX-License-Identifier: GPL-2.0
# The objects of mqtt.ko, one noun each.
mqtt-y := kmod/main.o kmod/net.o kmod/conn.o kmod/sockops.o \
	  kmod/rx.o kmod/rx_tcp.o kmod/rx_divert.o kmod/rx_tls.o \
	  kmod/rate.o kmod/alias.o kmod/lock.o \
	  kmod/tx.o kmod/tx_daemon.o kmod/tx_walk.o kmod/tx_expire.o \
	  kmod/tx_tls.o kmod/tls.o \
	  kmod/frame.o kmod/param.o kmod/parse.o kmod/flow.o kmod/group.o \
	  kmod/fanout.o kmod/variant.o kmod/transcode.o kmod/shared.o \
	  kmod/sub_ids.o kmod/worker.o kmod/port.o kmod/stats.o \
	  kmod/sysfs.o kmod/event.o kmod/netlink.o \
	  kmod/netlink_conn.o kmod/netlink_table.o
