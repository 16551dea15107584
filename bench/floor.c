/*
 * The floor: the least work a server can do for a request on this machine. It accepts, reads once, counts the
 * requests in what it read, and sends that many copies of one canned response. No parsing, no routing, no timers.
 * As an echo server it sends what it read.
 *
 *     floor [PORT [THREADS [echo]]]        port 0 (the default) takes a free one; prints "listening on PORT"
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    READ_SIZE = 16 * 1024,
    EVENTS_PER_WAIT = 512,
    RESPONSE_MAX = 256,
    RESPONSES_PER_SEND = 64, /* pipelined requests are answered in sends of up to this many responses */
    MAX_THREADS = 64,
};

static int pollers[MAX_THREADS];
static int thread_count = 1;
static int listener;
static int is_echo;

/* Bytes seen so far of the line that a connection is in, by descriptor: a request may be split anywhere. */
static unsigned int *line_lengths;
static unsigned int descriptor_limit;

static char responses[RESPONSES_PER_SEND * RESPONSE_MAX];
static size_t response_size;

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* The head has the same fields and length as AsyncServer's, so that both send the same number of bytes. */
static void make_responses(void)
{
    char date[64], response[RESPONSE_MAX];
    time_t now = time(NULL);
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime(&now));
    response_size = (size_t)snprintf(response, sizeof response,
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 20\r\n"
        "Date: %s\r\nServer: AsyncServer\r\n\r\nHello, this is plain", date);
    for (int i = 0; i < RESPONSES_PER_SEND; i++)
        memcpy(responses + i * response_size, response, response_size);
}

/* A request without a body ends with an empty line; memchr finds line ends faster than a byte-wise match of CRLFCRLF. */
static unsigned int count_requests(unsigned int *line_length, const char *bytes, const char *end)
{
    unsigned int requests = 0;
    const char *newline;
    while ((newline = memchr(bytes, '\n', (size_t)(end - bytes))) != NULL) {
        if (*line_length + (newline - bytes) <= 1) /* nothing but the CR */
            requests++;
        *line_length = 0;
        bytes = newline + 1;
    }
    *line_length += (unsigned int)(end - bytes);
    return requests;
}

/* These return 0 when the connection is over. A client that does not read its answers is dropped: load generators read. */
static int echo(int connection, const char *bytes, size_t size)
{
    return send(connection, bytes, size, MSG_NOSIGNAL) == (ssize_t)size;
}

static int respond(int connection, unsigned int requests)
{
    while (requests > 0) {
        unsigned int batch = requests < RESPONSES_PER_SEND ? requests : RESPONSES_PER_SEND;
        size_t size = batch * response_size;
        if (send(connection, responses, size, MSG_NOSIGNAL) != (ssize_t)size)
            return 0;
        requests -= batch;
    }
    return 1;
}

/* One read an event; a second one only when the first filled the buffer, or when a FIN came with the data. */
static int serve(int connection, unsigned int events)
{
    char buffer[READ_SIZE];
    ssize_t count;
    do {
        count = recv(connection, buffer, sizeof buffer, 0);
        if (count <= 0)
            return count < 0 && errno == EAGAIN;
        if (is_echo ? !echo(connection, buffer, (size_t)count)
                    : !respond(connection, count_requests(&line_lengths[connection], buffer, buffer + count)))
            return 0;
    } while (count == READ_SIZE || (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)));
    return 1;
}

/* Connections go round the threads; only the first thread has the listener in its poller. */
static void accept_all(void)
{
    static unsigned int next;
    int connection, on = 1;
    while ((connection = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        if ((unsigned int)connection >= descriptor_limit) {
            close(connection);
            continue;
        }
        setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        line_lengths[connection] = 0;
        /* Edge-triggered: an event is reported once, and epoll does not look at the socket again after the read. */
        struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.fd = connection };
        if (epoll_ctl(pollers[next++ % (unsigned int)thread_count], EPOLL_CTL_ADD, connection, &event) < 0)
            close(connection);
    }
}

static void *run(void *poller)
{
    struct epoll_event events[EVENTS_PER_WAIT];
    for (;;) {
        int count = epoll_wait(*(int *)poller, events, EVENTS_PER_WAIT, -1);
        if (count < 0 && errno != EINTR)
            die("epoll_wait");
        for (int i = 0; i < count; i++) {
            if (events[i].data.fd == listener)
                accept_all();
            else if (!serve(events[i].data.fd, events[i].events))
                close(events[i].data.fd);
        }
    }
    return NULL;
}

int main(int argc, char **argv)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_ANY) };
    socklen_t address_size = sizeof address;
    struct rlimit limit;
    int on = 1;

    address.sin_port = htons((unsigned short)(argc > 1 ? atoi(argv[1]) : 0));
    thread_count = argc > 2 ? atoi(argv[2]) : 1;
    is_echo = argc > 3 && strcmp(argv[3], "echo") == 0;
    if (thread_count < 1 || thread_count > MAX_THREADS) {
        fprintf(stderr, "floor: THREADS is 1 to %d\n", MAX_THREADS);
        return 2;
    }

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        die("getrlimit");
    descriptor_limit = limit.rlim_cur < 1 << 20 ? (unsigned int)limit.rlim_cur : 1 << 20;
    line_lengths = calloc(descriptor_limit, sizeof *line_lengths);
    make_responses();

    listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (line_lengths == NULL || listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) < 0
        || listen(listener, 4096) < 0 || getsockname(listener, (struct sockaddr *)&address, &address_size) < 0)
        die("listen");

    for (int i = 0; i < thread_count; i++)
        if ((pollers[i] = epoll_create1(EPOLL_CLOEXEC)) < 0)
            die("epoll_create1");
    struct epoll_event event = { .events = EPOLLIN, .data.fd = listener };
    if (epoll_ctl(pollers[0], EPOLL_CTL_ADD, listener, &event) < 0)
        die("epoll_ctl");

    printf("listening on %d\n", ntohs(address.sin_port));
    fflush(stdout);

    for (int i = 1; i < thread_count; i++) {
        pthread_t thread;
        if ((errno = pthread_create(&thread, NULL, run, &pollers[i])) != 0)
            die("pthread_create");
    }
    run(&pollers[0]);
}
