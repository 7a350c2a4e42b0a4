"""What an index holds, whether it is sound and whether it is behind. Must not know how any of it is mended."""
