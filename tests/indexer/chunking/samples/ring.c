/* A ring buffer for one reader and one writer.
 * Neither blocks the other; the writer drops what does not fit.
 */
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define RING_SIZE_MAX (1u << 20)
#define RING_MASK(ring) ((ring)->size - 1)

typedef struct ring {
  size_t size;
  _Atomic size_t head;
  _Atomic size_t tail;
  unsigned char data[];
} ring_t;

enum ring_status { RING_OK, RING_FULL, RING_EMPTY, RING_BAD_SIZE };

/* Creates a ring of the next power of two that holds `size` bytes.
 * Returns NULL if that is too much or memory is short.
 */
ring_t *ring_new(size_t size) {
  size_t rounded = 1;
  while (rounded < size)
    rounded <<= 1;
  if (rounded > RING_SIZE_MAX)
    return NULL;

  ring_t *ring = calloc(1, sizeof(*ring) + rounded);
  if (ring == NULL)
    return NULL;
  ring->size = rounded;
  return ring;
}

void ring_free(ring_t *ring) {
  free(ring);
}

/* Bytes that can be read now. Exact for the reader, a lower bound for the writer. */
size_t ring_used(const ring_t *ring) {
  size_t head = atomic_load_explicit(&ring->head, memory_order_acquire);
  size_t tail = atomic_load_explicit(&ring->tail, memory_order_acquire);
  return head - tail;
}

static void copy_in(ring_t *ring, size_t at, const void *bytes, size_t count) {
  size_t start = at & RING_MASK(ring);
  size_t first = ring->size - start < count ? ring->size - start : count;
  memcpy(ring->data + start, bytes, first);
  memcpy(ring->data, (const unsigned char *)bytes + first, count - first);
}

static void copy_out(const ring_t *ring, size_t at, void *bytes, size_t count) {
  size_t start = at & RING_MASK(ring);
  size_t first = ring->size - start < count ? ring->size - start : count;
  memcpy(bytes, ring->data + start, first);
  memcpy((unsigned char *)bytes + first, ring->data, count - first);
}

enum ring_status ring_write(ring_t *ring, const void *bytes, size_t count) {
  size_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
  size_t tail = atomic_load_explicit(&ring->tail, memory_order_acquire);
  if (count > ring->size - (head - tail))
    return RING_FULL;
  copy_in(ring, head, bytes, count);
  atomic_store_explicit(&ring->head, head + count, memory_order_release);
  return RING_OK;
}

enum ring_status ring_read(ring_t *ring, void *bytes, size_t count) {
  size_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);
  if (ring_used(ring) < count)
    return RING_EMPTY;
  copy_out(ring, tail, bytes, count);
  atomic_store_explicit(&ring->tail, tail + count, memory_order_release);
  return RING_OK;
}

#ifdef RING_TEST
#include <assert.h>

int main(void) {
  char out[4];
  ring_t *ring = ring_new(5);
  assert(ring != NULL && ring->size == 8);
  assert(ring_write(ring, "abcd", 4) == RING_OK);
  assert(ring_write(ring, "efghi", 5) == RING_FULL);
  assert(ring_read(ring, out, 4) == RING_OK);
  assert(memcmp(out, "abcd", 4) == 0);
  assert(ring_read(ring, out, 1) == RING_EMPTY);
  ring_free(ring);
  return 0;
}
#endif
