/* SPDX-License-Identifier: MIT */
/*
 * FIDL messages: how they are laid out in a channel, and in the memory of a program in C. The
 * in-line part of a message is followed by out-of-line objects in the order of traversal, each
 * aligned to 8 bytes. In an encoded message the place of a pointer tells only whether there is an
 * object, and the place of a handle whether there is one; decoding puts the pointers and handles
 * there.
 */
#ifndef ZIRCON_FIDL_H_
#define ZIRCON_FIDL_H_

#include <assert.h>
#include <stdint.h>
#include <zircon/compiler.h>
#include <zircon/types.h>
#if defined(__cplusplus) || __STDC_VERSION__ >= 201112L
#include <stdalign.h>
#endif

__BEGIN_CDECLS

#define FIDL_MAX_SIZE UINT32_MAX /* of a string or vector that has no bound of its own */

/* Out-of-line objects. */
#define FIDL_ALLOC_PRESENT ((uintptr_t)UINTPTR_MAX)
#define FIDL_ALLOC_ABSENT ((uintptr_t)0)
#define FIDL_ALIGNMENT ((size_t)8)
#define FIDL_ALIGN(a) (((a) + 7u) & ~7u)
#ifdef __cplusplus
#define FIDL_ALIGNDECL alignas(FIDL_ALIGNMENT)
#else
#define FIDL_ALIGNDECL __ALIGNED(8)
#endif

/* Handles. */
#define FIDL_HANDLE_ABSENT ((zx_handle_t)ZX_HANDLE_INVALID)
#define FIDL_HANDLE_PRESENT ((zx_handle_t)UINT32_MAX)

typedef uint32_t fidl_handle_t; /* of any transport */
#define FIDL_HANDLE_INVALID ((fidl_handle_t)(0))

/* Describes the layout of a type to an encoder; its size depends on the type. */
typedef struct fidl_type fidl_type_t;

/* UTF-8 without a NUL at the end. @data is NULL, and @size 0, where there is none. */
typedef struct fidl_string {
	uint64_t size; /* bytes */
	char *data;
} fidl_string_t;

typedef struct fidl_vector {
	uint64_t count; /* elements */
	void *data;
} fidl_vector_t;

/*
 * Envelopes: an object that the reader need not understand, with what is needed to skip it.
 */
__ZX_NAMELESS_BEGIN
typedef struct {
	uint32_t num_bytes;   /* of the object and all that it refers to; a multiple of 8 */
	uint32_t num_handles; /* the same */
	__extension__ union {
		void *data;
		uintptr_t presence; /* encoded: FIDL_ALLOC_* */
	};
} fidl_envelope_t;

#define FIDL_ENVELOPE_INLINING_SIZE_THRESHOLD 4 /* up to this the object is in the envelope */
#define FIDL_ENVELOPE_FLAGS_INLINING_MASK 0x01

typedef struct {
	__extension__ union {
		uint32_t num_bytes;
		uint8_t inline_value[4]; /* with FIDL_ENVELOPE_FLAGS_INLINING_MASK */
	};
	uint16_t num_handles;
	uint16_t flags;
} fidl_envelope_v2_t;

/* Decoded, of an object that the reader does not know. */
typedef struct {
	__extension__ union {
		uint8_t inline_value[4];
		struct {
			uint16_t num_bytes;
			uint16_t offset; /* of the object, from the start of the message */
		} out_of_line;
	};
	uint16_t num_handles;
	uint16_t flags;
} fidl_envelope_v2_unknown_data_t;
__ZX_NAMELESS_END

/* Unions with their member in line, which today's FIDL has no more. */
typedef uint32_t fidl_union_tag_t;

/* Tables: the envelope of the member with ordinal n is number n - 1; the last one is not absent. */
typedef struct {
	fidl_vector_t envelopes;
} fidl_table_t;

/* Unions. */
typedef uint64_t fidl_xunion_tag_t;

enum {
	kFidlXUnionEmptyTag = 0,
};

typedef struct {
	fidl_xunion_tag_t tag;
	fidl_envelope_t envelope;
} fidl_xunion_t;

typedef struct {
	fidl_xunion_tag_t tag;
	fidl_envelope_v2_t envelope;
} fidl_xunion_v2_t;

/*
 * Messages.
 */
typedef uint32_t FidlWireFormatVersion;
#define FIDL_WIRE_FORMAT_VERSION_V1 ((uint32_t)1)
#define FIDL_WIRE_FORMAT_VERSION_V2 ((uint32_t)2)

/* Travels beside the message where a transport has no place for it. */
typedef struct fidl_opaque_wire_format_metadata {
	uint64_t metadata;
} fidl_opaque_wire_format_metadata_t;

enum {
	kFidlWireFormatMagicNumberInitial = 1,
};

/* The first of at_rest_flags[]. */
#define FIDL_MESSAGE_HEADER_AT_REST_FLAGS_0_USE_VERSION_V2 0x02

#define FIDL_MESSAGE_HEADER_DYNAMIC_FLAGS_STRICT_METHOD ((uint8_t)(0))
#define FIDL_MESSAGE_HEADER_DYNAMIC_FLAGS_FLEXIBLE_METHOD ((uint8_t)(1 << 7))
#define FIDL_MESSAGE_HEADER_DYNAMIC_FLAGS_BYTE_OVERFLOW ((uint8_t)(1 << 6))

#define FIDL_TXID_NO_RESPONSE 0ul

typedef struct fidl_message_header {
	zx_txid_t txid; /* as zx_channel_call() needs it; FIDL_TXID_NO_RESPONSE if there is none */
	uint8_t at_rest_flags[2];
	uint8_t dynamic_flags;
	uint8_t magic_number; /* kFidlWireFormatMagicNumberInitial */
	uint64_t ordinal;     /* of the method */
} fidl_message_header_t;

typedef uint8_t fidl_transport_type;
#define FIDL_TRANSPORT_TYPE_INVALID 0x00
#define FIDL_TRANSPORT_TYPE_CHANNEL 0x01
#define FIDL_TRANSPORT_TYPE_DRIVER 0x02
#define FIDL_TRANSPORT_TYPE_TEST 0xff

/* Stands for the struct that a transport has for each handle. That of channels: */
typedef struct fidl_handle_metadata fidl_handle_metadata_t;

typedef struct fidl_channel_handle_metadata {
	zx_obj_type_t obj_type;
	zx_rights_t rights;
} fidl_channel_handle_metadata_t;

typedef uint8_t fidl_outgoing_msg_type;
#define FIDL_OUTGOING_MSG_TYPE_BYTE ((fidl_outgoing_msg_type)1)
#define FIDL_OUTGOING_MSG_TYPE_IOVEC ((fidl_outgoing_msg_type)2)

typedef struct fidl_outgoing_msg_byte {
	void *bytes;
	fidl_handle_t *handles;
	fidl_handle_metadata_t *handle_metadata; /* one for each handle */
	uint32_t num_bytes;
	uint32_t num_handles;
} fidl_outgoing_msg_byte_t;

typedef struct fidl_outgoing_msg_iovec {
	zx_channel_iovec_t *iovecs;
	uint32_t num_iovecs;
	fidl_handle_t *handles;
	fidl_handle_metadata_t *handle_metadata; /* one for each handle */
	uint32_t num_handles;
} fidl_outgoing_msg_iovec_t;

typedef struct fidl_outgoing_msg {
	fidl_outgoing_msg_type type; /* which of the two */
	__extension__ union {
		fidl_outgoing_msg_byte_t byte;
		fidl_outgoing_msg_iovec_t iovec;
	};
} fidl_outgoing_msg_t;

typedef struct fidl_incoming_msg {
	void *bytes;
	fidl_handle_t *handles;
	fidl_handle_metadata_t *handle_metadata; /* one for each handle */
	uint32_t num_bytes;
	uint32_t num_handles;
} fidl_incoming_msg_t;

/* The last message of a server, before it closes the channel. */
typedef struct fidl_epitaph {
	FIDL_ALIGNDECL fidl_message_header_t hdr; /* its ordinal: kFidlOrdinalEpitaph */
	zx_status_t error;
} fidl_epitaph_t;

__extension__ enum {
	kFidlOrdinalEpitaph = 0xFFFFFFFFFFFFFFFF,
};

typedef int32_t fidl_transport_err_t;
#define FIDL_TRANSPORT_ERR_UNKNOWN_METHOD INT32_C(-2) /* the server does not know the method */

__END_CDECLS

#endif /* ZIRCON_FIDL_H_ */
