"""A steady client of a server on the loopback: 8 connections, 400 requests a second, each due at its own time whatever the others take.

latency.py PORT SECONDS      prints the 99th percentile in microseconds, from when a request was due until its answer was whole
latency.py PORT connections  prints how many connections the server has
"""
import socket
import sys
import threading
import time

CONNECTIONS = 8
RATE = 400
REQUEST = b"GET /hello.txt HTTP/1.1\r\nHost: a\r\n\r\n"
ESTABLISHED = "01"


def ask(port, begin, index, count, times):
    client = socket.create_connection(("127.0.0.1", port), timeout=30)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for i in range(count):
        due = begin + (i * CONNECTIONS + index) / RATE
        time.sleep(max(0.0, due - time.perf_counter()))
        client.sendall(REQUEST)
        answer = b""
        while not answer.endswith(b"\r\n\r\nhello\n"):
            piece = client.recv(4096)
            if not piece or not answer.startswith(b"HTTP/1.1 200 "[:len(answer)]):
                sys.exit(f"a wrong answer: {answer!r}")
            answer += piece
        times.append(time.perf_counter() - due)
    client.close()


def measure(port, seconds):
    times, begin, count = [], time.perf_counter() + 0.1, int(seconds) * RATE // CONNECTIONS
    threads = [threading.Thread(target=ask, args=(port, begin, index, count, times)) for index in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(times) != count * CONNECTIONS:
        sys.exit("a client got no answer")
    return int(sorted(times)[len(times) * 99 // 100] * 1e6)


def connections(port):
    local = f":{port:04X}"
    with open("/proc/net/tcp", encoding="ascii") as table:
        rows = [line.split() for line in table][1:]
    return sum(1 for row in rows if row[1].endswith(local) and row[3] == ESTABLISHED)


if __name__ == "__main__":
    print(connections(int(sys.argv[1])) if sys.argv[2] == "connections" else measure(int(sys.argv[1]), sys.argv[2]))
