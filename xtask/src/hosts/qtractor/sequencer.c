/* Stands in for the ALSA sequencer where the machine has none: it opens, and no event ever comes or goes. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

static int handle, ports, pipe_ends[2] = {-1, -1};

int snd_seq_open(void **seq, const char *name, int streams, int mode) { *seq = &handle; return pipe(pipe_ends); }
int snd_seq_close(void *seq) { return 0; }
int snd_seq_client_id(void *seq) { return 128; }
int snd_seq_poll_descriptors_count(void *seq, short events) { return 1; }
int snd_seq_poll_descriptors(void *seq, struct pollfd *fds, unsigned space, short events)
{
    fds[0].fd = pipe_ends[0];
    fds[0].events = POLLIN;
    return 1;
}
int snd_seq_create_simple_port(void *seq, const char *name, unsigned caps, unsigned type) { return ports++; }
int snd_seq_event_input(void *seq, void **event) { return -EAGAIN; }

#define NOTHING(name) int name(void) { return 0; }
#define NOBODY(name) int name(void) { return -ENOENT; }
NOTHING(snd_seq_set_client_name)
NOTHING(snd_seq_delete_simple_port)
NOTHING(snd_seq_event_input_pending)
NOTHING(snd_seq_event_output)
NOTHING(snd_seq_event_output_direct)
NOTHING(snd_seq_drain_output)
NOTHING(snd_seq_drop_output)
NOTHING(snd_seq_drop_input)
NOTHING(snd_seq_remove_events)
NOTHING(snd_seq_alloc_queue)
NOTHING(snd_seq_free_queue)
NOTHING(snd_seq_set_queue_tempo)
NOTHING(snd_seq_get_queue_tempo)
NOTHING(snd_seq_set_queue_timer)
NOTHING(snd_seq_get_queue_timer)
NOTHING(snd_seq_get_queue_status)
NOTHING(snd_seq_control_queue)
NOTHING(snd_seq_subscribe_port)
NOTHING(snd_seq_unsubscribe_port)
NOTHING(snd_seq_set_port_info)
NOTHING(snd_seq_get_port_info)
NOBODY(snd_seq_get_any_client_info)
NOBODY(snd_seq_get_any_port_info)
NOBODY(snd_seq_query_next_client)
NOBODY(snd_seq_query_next_port)
NOBODY(snd_seq_query_port_subscribers)
