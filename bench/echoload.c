/*
 * Load for an echo server: each connection sends a message and waits until all of it is back, again and again.
 *
 *     echoload PORT CONNECTIONS SECONDS SIZE
 *
 * One thread, on 127.0.0.1. Prints five numbers: round trips, the seconds that they took, the 50th and the 99th percentile
 * of their time in microseconds, and errors: connections that failed or gave other bytes than they got.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    MAX_SIZE = 16 * 1024,
    EVENTS_PER_WAIT = 512,
    BUCKETS = 1000 * 1000, /* of a microsecond each; the last has all that took longer */
};

struct connection {
    int descriptor;
    size_t received;
    double sent_at;
};

static char message[MAX_SIZE];
static size_t size;
static unsigned int buckets[BUCKETS];
static unsigned long round_trips;
static unsigned long errors;

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* A message fits into an empty socket buffer, so a send is whole or has failed. These return 0 in the latter case. */
static int send_message(struct connection *connection)
{
    connection->received = 0;
    connection->sent_at = now();
    return send(connection->descriptor, message, size, MSG_NOSIGNAL) == (ssize_t)size;
}

static int receive(struct connection *connection)
{
    char buffer[MAX_SIZE];
    ssize_t count = recv(connection->descriptor, buffer, size - connection->received, MSG_DONTWAIT);
    if (count <= 0)
        return count < 0 && errno == EAGAIN;
    if (memcmp(buffer, message + connection->received, (size_t)count) != 0)
        return 0;
    connection->received += (size_t)count;
    if (connection->received < size)
        return 1;
    double microseconds = (now() - connection->sent_at) * 1e6;
    buckets[microseconds < BUCKETS ? (unsigned int)microseconds : BUCKETS - 1]++;
    round_trips++;
    return send_message(connection);
}

static unsigned int percentile(double share)
{
    unsigned long seen = 0;
    for (unsigned int i = 0; i < BUCKETS; i++)
        if ((double)(seen += buckets[i]) >= share * (double)round_trips)
            return i;
    return BUCKETS;
}

static void open_connection(struct connection *connection, unsigned short port, int poller)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = connection };
    int on = 1;
    connection->descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection->descriptor < 0 || connect(connection->descriptor, (struct sockaddr *)&address, sizeof address) < 0)
        die("connect");
    setsockopt(connection->descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (epoll_ctl(poller, EPOLL_CTL_ADD, connection->descriptor, &event) < 0)
        die("epoll_ctl");
}

int main(int argc, char **argv)
{
    if (argc != 5 || (size = (size_t)atol(argv[4])) < 1 || size > MAX_SIZE) {
        fprintf(stderr, "usage: echoload PORT CONNECTIONS SECONDS SIZE; SIZE is 1 to %d\n", MAX_SIZE);
        return 2;
    }
    int count = atoi(argv[2]), open = count;
    int poller = epoll_create1(EPOLL_CLOEXEC);
    struct connection *connections = calloc((size_t)count, sizeof *connections);
    if (poller < 0 || connections == NULL)
        die("echoload");
    for (size_t i = 0; i < size; i++)
        message[i] = (char)('a' + i % 26);
    for (int i = 0; i < count; i++)
        open_connection(&connections[i], (unsigned short)atoi(argv[1]), poller);

    double start = now(), end = start + atof(argv[3]);
    for (int i = 0; i < count; i++)
        if (!send_message(&connections[i]))
            die("send");
    while (open > 0 && now() < end) {
        struct epoll_event events[EVENTS_PER_WAIT];
        int ready = epoll_wait(poller, events, EVENTS_PER_WAIT, 100);
        for (int i = 0; i < ready; i++) {
            struct connection *connection = events[i].data.ptr;
            if (receive(connection))
                continue;
            close(connection->descriptor);
            errors++;
            open--;
        }
    }
    printf("%lu %f %u %u %lu\n", round_trips, now() - start, percentile(0.5), percentile(0.99), errors);
    return 0;
}
