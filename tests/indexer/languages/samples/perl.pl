#!/usr/bin/env perl
package Shop::Cart;
use strict;
use warnings;

use constant LIMIT => 10;
our $VERSION = '1.0';

# Makes a cart.
sub new {
    my ($class, %args) = @_;
    return bless { items => $args{items} || [] }, $class;
}

sub total {
    my $self = shift;
    my $sum = 0;
    $sum += $_->{price} for @{ $self->{items} };
    return round_price($sum);
}

1;
