/* The elementwise work of a Llama-shaped block in bf16, each kernel one pass over its data.
 *
 * Matrix products stay with the framework, which runs them near the machine's ceiling; what is here would
 * otherwise be three to ten passes each, with a rounding to bf16 after every one. Arithmetic is fp32 inside.
 * Compiled once for the machine it runs on (see native.py); kernels.py holds the same in the framework's own
 * operations, and a test holds the two together.
 */
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

typedef uint16_t bf16;

static inline float load(bf16 x) {
    uint32_t bits = (uint32_t)x << 16;
    float f;
    memcpy(&f, &bits, 4);
    return f;
}

static inline bf16 store(float f) { /* round to nearest even; NaN does not occur in a healthy run */
    uint32_t bits;
    memcpy(&bits, &f, 4);
    return (bf16)((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

/* exp by range reduction and a polynomial of degree 6 (relative error 2e-7), written so that it vectorizes. */
static inline float exponential(float x) {
    x = x < -87.0f ? -87.0f : (x > 88.0f ? 88.0f : x);
    float n = nearbyintf(x * 1.44269504088896341f);
    float r = x - n * 0.693359375f + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    int32_t bits = ((int32_t)n + 127) << 23;
    float power;
    memcpy(&power, &bits, 4);
    return p * power;
}

/* out = x / rms(x) * weight; also 1 / rms, for the way back. x [tokens, width] */
void rms_forward(const bf16 *x, const bf16 *weight, float epsilon, long tokens, long width, bf16 *out,
                 float *inverse, int threads) {
#pragma omp parallel for num_threads(threads) schedule(static)
    for (long t = 0; t < tokens; t++) {
        const bf16 *row = x + t * width;
        float sum = 0;
        for (long i = 0; i < width; i++) sum += load(row[i]) * load(row[i]);
        float scale = 1.0f / sqrtf(sum / width + epsilon);
        inverse[t] = scale;
        bf16 *to = out + t * width;
        for (long i = 0; i < width; i++) to[i] = store(load(row[i]) * scale * load(weight[i]));
    }
}

/* total += d loss / d x, given d loss / d out. */
void rms_backward(const bf16 *grad, const bf16 *x, const bf16 *weight, const float *inverse, long tokens,
                  long width, bf16 *total, int threads) {
#pragma omp parallel for num_threads(threads) schedule(static)
    for (long t = 0; t < tokens; t++) {
        const bf16 *row = x + t * width, *g = grad + t * width;
        float dot = 0, scale = inverse[t];
        for (long i = 0; i < width; i++) dot += load(g[i]) * load(weight[i]) * load(row[i]);
        float pull = dot * scale * scale * scale / width;
        bf16 *to = total + t * width;
        for (long i = 0; i < width; i++)
            to[i] = store(load(to[i]) + load(g[i]) * load(weight[i]) * scale - load(row[i]) * pull);
    }
}

/* out = silu(gate) * up. both [tokens, 2 * width]: gate, then up. */
void swiglu_forward(const bf16 *both, long tokens, long width, bf16 *out, int threads) {
#pragma omp parallel for num_threads(threads) schedule(static)
    for (long t = 0; t < tokens; t++) {
        const bf16 *gate = both + t * 2 * width, *up = gate + width;
        bf16 *to = out + t * width;
        for (long i = 0; i < width; i++) {
            float g = load(gate[i]);
            to[i] = store(g / (1.0f + exponential(-g)) * load(up[i]));
        }
    }
}

/* both becomes its own gradient; out becomes silu(gate) * up again, so that it need not be kept. */
void swiglu_backward(const bf16 *grad, long tokens, long width, bf16 *both, bf16 *out, int threads) {
#pragma omp parallel for num_threads(threads) schedule(static)
    for (long t = 0; t < tokens; t++) {
        bf16 *gate = both + t * 2 * width, *up = gate + width;
        const bf16 *from = grad + t * width;
        bf16 *to = out + t * width;
        for (long i = 0; i < width; i++) {
            float g = load(gate[i]), u = load(up[i]), d = load(from[i]);
            float s = 1.0f / (1.0f + exponential(-g));
            to[i] = store(g * s * u);
            gate[i] = store(d * u * s * (1.0f + g * (1.0f - s)));
            up[i] = store(d * g * s);
        }
    }
}

static inline void turn(const bf16 *from, const float *cosine, const float *sine, float sign, long half, bf16 *to) {
    for (long i = 0; i < half; i++) {
        float a = load(from[i]), b = load(from[i + half]), c = cosine[i], s = sign * sine[i];
        to[i] = store(a * c - b * s);
        to[i + half] = store(b * c + a * s);
    }
}

/* From packed tokens to heads: rotate queries and keys, and lay each row's heads out for batched products.
 * packed [tokens, (queries + 2 * kv) * width]; angles by position [positions, width / 2];
 * q [kv, rows, longest, group, width]; k, v [kv, rows, prefix + longest, width]. What no token fills is zero.
 * Row r's tokens are starts[r] to starts[r + 1], its first one at position `prefix`. */
void split_heads(const bf16 *packed, const float *cosine, const float *sine, const int32_t *starts, long rows,
                 long longest, long prefix, long kv, long group, long width, bf16 *q, bf16 *k, bf16 *v,
                 int threads) {
    long columns = (kv * group + 2 * kv) * width, keys = prefix + longest, half = width / 2;
#pragma omp parallel for collapse(2) num_threads(threads) schedule(static)
    for (long r = 0; r < rows; r++)
        for (long i = 0; i < longest; i++) {
            long t = starts[r] + i;
            int real = t < starts[r + 1];
            const bf16 *token = packed + t * columns;
            const float *c = cosine + (prefix + i) * half, *s = sine + (prefix + i) * half;
            for (long h = 0; h < kv; h++) {
                bf16 *tk = k + ((h * rows + r) * keys + prefix + i) * width;
                bf16 *tv = v + ((h * rows + r) * keys + prefix + i) * width;
                if (real) {
                    turn(token + (kv * group + h) * width, c, s, 1.0f, half, tk);
                    memcpy(tv, token + (kv * group + kv + h) * width, width * sizeof(bf16));
                } else {
                    memset(tk, 0, width * sizeof(bf16));
                    memset(tv, 0, width * sizeof(bf16));
                }
                for (long j = 0; j < group; j++) {
                    bf16 *tq = q + (((h * rows + r) * longest + i) * group + j) * width;
                    if (real) turn(token + (h * group + j) * width, c, s, 1.0f, half, tq);
                    else memset(tq, 0, width * sizeof(bf16));
                }
            }
        }
}

/* The way back: gradients of q, k, v, rotated back, into the packed tokens' gradient. */
void merge_heads_gradient(const bf16 *q, const bf16 *k, const bf16 *v, const float *cosine, const float *sine,
                          const int32_t *starts, long rows, long longest, long prefix, long kv, long group,
                          long width, bf16 *packed, int threads) {
    long columns = (kv * group + 2 * kv) * width, keys = prefix + longest, half = width / 2;
#pragma omp parallel for collapse(2) num_threads(threads) schedule(static)
    for (long r = 0; r < rows; r++)
        for (long i = 0; i < longest; i++) {
            long t = starts[r] + i;
            if (t >= starts[r + 1]) continue;
            bf16 *token = packed + t * columns;
            const float *c = cosine + (prefix + i) * half, *s = sine + (prefix + i) * half;
            for (long h = 0; h < kv; h++) {
                const bf16 *fk = k + ((h * rows + r) * keys + prefix + i) * width;
                const bf16 *fv = v + ((h * rows + r) * keys + prefix + i) * width;
                turn(fk, c, s, -1.0f, half, token + (kv * group + h) * width);
                memcpy(token + (kv * group + kv + h) * width, fv, width * sizeof(bf16));
                for (long j = 0; j < group; j++)
                    turn(q + (((h * rows + r) * longest + i) * group + j) * width, c, s, -1.0f, half,
                         token + (h * group + j) * width);
            }
        }
}

/* Heads' outputs [kv, rows, longest, group, width] to packed tokens [tokens, kv * group * width] and back. */
void heads_to_tokens(const bf16 *heads, const int32_t *starts, long rows, long longest, long kv, long group,
                     long width, bf16 *packed, int threads) {
#pragma omp parallel for collapse(2) num_threads(threads) schedule(static)
    for (long r = 0; r < rows; r++)
        for (long i = 0; i < longest; i++) {
            long t = starts[r] + i;
            if (t >= starts[r + 1]) continue;
            for (long h = 0; h < kv; h++)
                memcpy(packed + (t * kv + h) * group * width, heads + ((h * rows + r) * longest + i) * group * width,
                       group * width * sizeof(bf16));
        }
}

void tokens_to_heads(const bf16 *packed, const int32_t *starts, long rows, long longest, long kv, long group,
                     long width, bf16 *heads, int threads) {
#pragma omp parallel for collapse(2) num_threads(threads) schedule(static)
    for (long r = 0; r < rows; r++)
        for (long i = 0; i < longest; i++) {
            long t = starts[r] + i;
            for (long h = 0; h < kv; h++) {
                bf16 *to = heads + ((h * rows + r) * longest + i) * group * width;
                if (t < starts[r + 1])
                    memcpy(to, packed + (t * kv + h) * group * width, group * width * sizeof(bf16));
                else memset(to, 0, group * width * sizeof(bf16));
            }
        }
}

/* scores [matrices, queries * group, keys] become chances: query i, whose position is first + i, sees keys 0 to
 * first + i, and keys = first + queries. */
void causal_softmax(bf16 *scores, float scale, long matrices, long queries, long group, long first, int threads) {
    long keys = first + queries;
#pragma omp parallel for num_threads(threads) schedule(static)
    for (long m = 0; m < matrices * queries * group; m++) {
        bf16 *row = scores + m * keys;
        long seen = first + m / group % queries + 1;
        float top = -FLT_MAX, sum = 0;
        for (long i = 0; i < seen; i++) top = fmaxf(top, load(row[i]));
        for (long i = 0; i < seen; i++) sum += exponential((load(row[i]) - top) * scale);
        float whole = top * scale + logf(sum); /* exp again is cheaper than keeping the first ones */
        for (long i = 0; i < seen; i++) row[i] = store(exponential(load(row[i]) * scale - whole));
        for (long i = seen; i < keys; i++) row[i] = 0;
    }
}

/* grad, the gradient of the chances, becomes that of the products of queries and keys. */
void causal_softmax_backward(const bf16 *chances, bf16 *grad, float scale, long matrices, long queries, long group,
                             long first, int threads) {
    long keys = first + queries;
#pragma omp parallel for num_threads(threads) schedule(static)
    for (long m = 0; m < matrices * queries * group; m++) {
        const bf16 *p = chances + m * keys;
        bf16 *g = grad + m * keys;
        long seen = first + m / group % queries + 1;
        float dot = 0;
        for (long i = 0; i < seen; i++) dot += load(p[i]) * load(g[i]);
        for (long i = 0; i < seen; i++) g[i] = store(load(p[i]) * (load(g[i]) - dot) * scale);
        for (long i = seen; i < keys; i++) g[i] = 0;
    }
}

#define COLUMNS 64 /* of left at once: the sums of a block stay in the first cache */
#define RANK 64

/* sums [columns, rank] += left^T right for four tokens: each sum is read and written once for four products. */
static inline void add_outer(const float *left, const float *right, long columns, long rank, float *sums) {
    for (long i = 0; i < columns; i++) {
        float a = left[i], b = left[COLUMNS + i], c = left[2 * COLUMNS + i], d = left[3 * COLUMNS + i];
        float *to = sums + i * rank;
        for (long j = 0; j < rank; j++)
            to[j] += a * right[j] + b * right[RANK + j] + c * right[2 * RANK + j] + d * right[3 * RANK + j];
    }
}

/* out[i * out_row + j * out_column] += scale * sum over tokens of left[t][i] * right[t][j]: the gradient of an
 * adapter's matrix, in fp32 from beginning to end. rank <= 64. */
void outer_sum(const bf16 *left, long left_stride, const bf16 *right, long right_stride, long tokens, long columns,
               long rank, float scale, float *out, long out_row, long out_column, int threads) {
#pragma omp parallel for num_threads(threads) schedule(static)
    for (long first = 0; first < columns; first += COLUMNS) {
        long here = columns - first < COLUMNS ? columns - first : COLUMNS;
        float sums[COLUMNS * RANK], wide_left[4 * COLUMNS], wide_right[4 * RANK];
        memset(sums, 0, sizeof(float) * here * rank);
        for (long t = 0; t < tokens; t += 4) {
            for (long k = 0; k < 4; k++) {
                long real = t + k < tokens;
                const bf16 *l = left + (t + k) * left_stride + first, *r = right + (t + k) * right_stride;
                for (long i = 0; i < here; i++) wide_left[k * COLUMNS + i] = real ? load(l[i]) : 0;
                for (long j = 0; j < rank; j++) wide_right[k * RANK + j] = real ? load(r[j]) : 0;
            }
            if (rank == 16) add_outer(wide_left, wide_right, here, 16, sums);
            else if (rank == 32) add_outer(wide_left, wide_right, here, 32, sums);
            else add_outer(wide_left, wide_right, here, rank, sums);
        }
        for (long i = 0; i < here; i++)
            for (long j = 0; j < rank; j++)
                out[(first + i) * out_row + j * out_column] += scale * sums[i * rank + j];
    }
}

/* logits [tokens, words] become the gradient of the summed cross-entropy; losses [tokens]. */
void cross_entropy(bf16 *logits, const int64_t *targets, long tokens, long words, float *losses, int threads) {
#pragma omp parallel for num_threads(threads) schedule(static)
    for (long t = 0; t < tokens; t++) {
        bf16 *row = logits + t * words;
        float top = -FLT_MAX, sum = 0, wanted = load(row[targets[t]]);
        for (long i = 0; i < words; i++) top = fmaxf(top, load(row[i]));
        for (long i = 0; i < words; i++) sum += exponential(load(row[i]) - top);
        float whole = top + logf(sum);
        losses[t] = whole - wanted;
        for (long i = 0; i < words; i++) row[i] = store(exponential(load(row[i]) - whole));
        row[targets[t]] = store(exponential(wanted - whole) - 1.0f);
    }
}
