//! Ring buffers.
const std = @import("std");
const Allocator = std.mem.Allocator;

/// The default size.
pub const default_size: usize = 64;
var count: u32 = 0;

/// A ring of bytes.
pub const Ring = struct {
    data: []u8,
    head: usize = 0,

    const Self = @This();

    /// Makes a ring.
    pub fn init(allocator: Allocator, size: usize) !Self {
        const data = try allocator.alloc(u8, size);
        errdefer allocator.free(data);
        return .{ .data = data };
    }

    fn advance(self: *Self) void {
        self.head = wrap(self.head + 1);
    }
};

pub const Mode = enum { read, write };
pub const Error = error{ Full, Empty };
const Value = union(enum) { int: i64, none };

// Generic list.
pub fn List(comptime T: type) type {
    return struct {
        items: []T,

        pub fn len(self: @This()) usize {
            return self.items.len;
        }
    };
}

extern "c" fn now_ms() u64;

test "ring wraps" {
    var ring = try Ring.init(std.testing.allocator, 4);
    ring.advance();
    try std.testing.expectEqual(@as(usize, 1), ring.head);
}

pub const Buffers = @This();
const Self = @This();
