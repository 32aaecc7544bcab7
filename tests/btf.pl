#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# Makes a fixture of a kernel's BTF: only the types that drop_reason looks at, a few
# kilobytes out of megabytes.
#
#   tests/btf.pl reduce </sys/kernel/btf/vmlinux >SMALL   from a kernel's BTF
#   tests/btf.pl make <DESCRIPTION >SMALL                 from a description
#   tests/btf.pl module VMLINUX SMALL <MODULE >SMALLER    from a module's BTF, given
#                                     that of its kernel, as it is and reduced
#
# A description has lines of these kinds:
#   enum NAME                       and then, each on a line of its own:
#     ENUMERATOR NUMBER
#   struct NAME SIZE
#     MEMBER OFFSET
#   arguments TYPE...               the tracepoint's: void*, sk_buff* or an enum
use strict;
use warnings;

use constant {
  INT => 1, PTR => 2, STRUCT => 4, UNION => 5, ENUM => 6, FWD => 7,
  TYPEDEF => 8, FUNC_PROTO => 13,
};

# --- Types as a list of hashes; index 0 is void -------------------------------

# Words per member, which follow a type's first three words.
my %member_words = (STRUCT, 3, UNION, 3, ENUM, 2, FUNC_PROTO, 2, 15, 3, 19, 3);
my %extra_words = (INT, 1, 3, 3, 14, 1, 17, 1);

# The names of a module's types continue those of its kernel's.
sub parse {
  my ($blob, $base) = @_;
  my ($magic, $version, $flags, $header, $type_offset, $type_length,
      $string_offset, $string_length) = unpack('S<CCL<5', $blob);
  die "this is not BTF\n" unless $magic == 0xeb9f && $version == 1;
  my $strings = ($base // '') .
    substr($blob, $header + $string_offset, $string_length);
  my @words = unpack('L<*', substr($blob, $header + $type_offset, $type_length));
  my $name = sub { unpack('Z*', substr($strings, $_[0], 256)) };
  my @types = ({});
  while (@words) {
    my ($name_at, $info, $size) = splice(@words, 0, 3);
    my $kind = $info >> 24 & 0x1f;
    my $count = $info & 0xffff;
    my %type = (name => $name->($name_at), kind => $kind, size => $size,
                flag => $info >> 31, members => []);
    if (my $width = $member_words{$kind}) {
      for (1 .. $count) {
        my ($member, @rest) = splice(@words, 0, $width);
        push @{$type{members}}, [$kind == 15 ? '' : $name->($member), @rest];
      }
    } else {
      $type{extra} = [splice(@words, 0, $extra_words{$kind} // 0)];
    }
    push @types, \%type;
  }
  return @types;
}

sub strings_of {
  my ($blob) = @_;
  my ($header, $string_offset, $string_length) =
    (unpack('S<CCL<5', $blob))[3, 6, 7];
  return substr($blob, $header + $string_offset, $string_length);
}

# Given the names of a kernel, makes the types of a module.
sub emit {
  my ($base, @types) = @_;
  my ($strings, %offset) = $base eq '' ? ("\0", '', 0) : ('');
  my $at = 0;
  for (split /\0/, $base) {
    $offset{$_} //= $at;
    $at += 1 + length;
  }
  my $string = sub {
    my ($text) = @_;
    if (!exists $offset{$text}) {
      $offset{$text} = length($base) + length($strings);
      $strings .= "$text\0";
    }
    return $offset{$text};
  };
  my $data = '';
  for my $type (@types[1 .. $#types]) {
    my $members = $type->{members};
    $data .= pack('L<3', $string->($type->{name}),
                  $type->{flag} << 31 | $type->{kind} << 24 | @$members,
                  $type->{size});
    $data .= pack('L<*', $string->($_->[0]), @$_[1 .. $#$_]) for @$members;
    $data .= pack('L<*', @{$type->{extra}}) if $type->{extra};
  }
  return pack('S<CCL<5', 0xeb9f, 1, 0, 24, 0, length $data, length $data,
              length $strings) . $data . $strings;
}

# --- Reducing -----------------------------------------------------------------

# The members that are kept of structs other than sk_buff, which is kept whole.
my %kept = (
  net => ['ns'],
  net_device => ['ifindex', 'nd_net'],
  ns_common => ['inum', 'ops'],
  nsproxy => ['net_ns'],
  sock => ['__sk_common'],
  sock_common => ['skc_net'],
  task_struct => ['nsproxy'],
);

# Copies these structs, and the types that the tracepoint refers to, in the
# order they are found.
sub reduce {
  my @from = @_;
  my @to = ({});
  my %copied = (0 => 0);
  my $find = sub {
    my ($kind, $name) = @_;
    for my $id (1 .. $#from) {
      return $id if $from[$id]{kind} == $kind && $from[$id]{name} eq $name;
    }
    return;
  };
  # Stands for every type whose details do not matter.
  push @to, {name => 'u32', kind => INT, size => 4, flag => 0, members => [],
             extra => [32]};
  my $copy;
  my $member = sub {
    my ($name, $id, $where) = @{$_[0]};
    my $is_nested = $name eq '' && ($from[$id]{kind} == STRUCT ||
                                    $from[$id]{kind} == UNION);
    return [$name, $is_nested ? $copy->($id) : 1, $where];
  };
  $copy = sub {
    my ($id) = @_;
    return $copied{$id} if exists $copied{$id};
    my %type = %{$from[$id]};
    my $kind = $type{kind};
    push @to, \%type;
    my $new = $copied{$id} = $#to;
    my $kept = $kind == STRUCT ? $kept{$type{name}} : undef;
    if ($kept) {
      my %is_kept = map { $_ => 1 } @$kept;
      $type{members} =
        [map { [$_->[0], 1, $_->[2]] }
         grep { $is_kept{$_->[0]} } @{$type{members}}];
      die "$type{name} lacks a member\n" if @{$type{members}} != @$kept;
    } elsif (($kind == STRUCT || $kind == UNION) && $type{name} ne '' &&
             $type{name} ne 'sk_buff') {
      @type{qw(kind size members)} = (FWD, 0, []);
    } elsif ($kind == STRUCT || $kind == UNION) {
      $type{members} = [map { $member->($_) } @{$type{members}}];
    } elsif ($kind == FUNC_PROTO) {
      $type{members} = [map { [$_->[0], $copy->($_->[1])] } @{$type{members}}];
      $type{size} = $copy->($type{size});
    } elsif ($kind != INT && $kind != ENUM) {
      $type{size} = $copy->($type{size});
    }
    return $new;
  };
  my $tracepoint = $find->(TYPEDEF, 'btf_trace_kfree_skb')
    // die "the tracepoint kfree_skb is missing\n";
  $copy->($tracepoint);
  my $subsystems = $find->(ENUM, 'skb_drop_reason_subsys');
  $copy->($subsystems) if $subsystems;
  for my $name (sort keys %kept) {
    $copy->($find->(STRUCT, $name) // die "the struct $name is missing\n");
  }
  return @to;
}

# Copies the enums of drop reasons.
sub reduce_module {
  return ({}, grep { $_->{kind} == ENUM && $_->{name} =~ /drop_reason$/ }
          @_[1 .. $#_]);
}

# --- Making -------------------------------------------------------------------

sub make {
  my @types = ({}, {name => 'u32', kind => INT, size => 4, flag => 0,
                    members => [], extra => [32]});
  my (%id, $current);
  my $add = sub {
    push @types, {flag => 0, members => [], size => 0, name => '', @_};
    return $#types;
  };
  for (@_) {
    s/#.*//;
    my @words = split;
    next unless @words;
    if ($words[0] eq 'enum') {
      $id{$words[1]} = $add->(kind => ENUM, name => $words[1], size => 4);
      $current = $types[-1];
    } elsif ($words[0] eq 'struct') {
      my $struct = $add->(kind => STRUCT, name => $words[1], size => $words[2]);
      $id{"$words[1]*"} = $add->(kind => PTR, size => $struct);
      $current = $types[$struct];
    } elsif ($words[0] eq 'arguments') {
      $id{'void*'} = $add->(kind => PTR);
      my @arguments = map { ['', $id{$_} // die "there is no type $_\n"] }
        @words[1 .. $#words];
      my $prototype = $add->(kind => FUNC_PROTO, members => \@arguments);
      my $pointer = $add->(kind => PTR, size => $prototype);
      $add->(kind => TYPEDEF, name => 'btf_trace_kfree_skb', size => $pointer);
    } elsif ($current->{kind} == ENUM) {
      my $number = $words[1] =~ /^0x/ ? oct $words[1] : $words[1] + 0;
      push @{$current->{members}}, [$words[0], $number];
    } else {
      push @{$current->{members}}, [$words[0], 1, 8 * $words[1]];
    }
  }
  return @types;
}

sub read_all {
  my ($file) = @_;
  local $/;
  binmode $file;
  return scalar <$file>;
}

sub read_file {
  my ($path) = @_;
  open(my $file, '<', $path) or die "$path: $!\n";
  return read_all($file);
}

binmode STDOUT;
my ($what, @files) = @ARGV;
$what //= '';
if ($what eq 'reduce' && @files == 0) {
  print emit('', reduce(parse(read_all(\*STDIN))));
} elsif ($what eq 'make' && @files == 0) {
  print emit('', make(<STDIN>));
} elsif ($what eq 'module' && @files == 2) {
  my ($names, $small) = map { strings_of(read_file($_)) } @files;
  print emit($small, reduce_module(parse(read_all(\*STDIN), $names)));
} else {
  die "usage: tests/btf.pl reduce|make|module VMLINUX SMALL <INPUT >OUTPUT\n";
}
