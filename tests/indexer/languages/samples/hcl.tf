# The network of the shop.
terraform {
  required_version = ">= 1.5"
}

variable "region" {
  type        = string
  description = "Where it runs."
  default     = "eu-west-1"
}

locals {
  tags = { app = "shop", env = terraform.workspace }
}

# One bucket a region.
resource "aws_s3_bucket" "assets" {
  for_each = toset(var.buckets)
  bucket   = "${var.region}-${each.key}"
  tags     = merge(local.tags, { name = each.key })

  lifecycle {
    prevent_destroy = true
  }
}

output "bucket_ids" {
  value = [for bucket in aws_s3_bucket.assets : bucket.id]
}
