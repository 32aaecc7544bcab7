#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# Compares the table of adapters' counters with a kernel's sources: lists, for
# each driver of the table, the counters that look like a loss and are in no
# row. Prints nothing and exits with 0 if each has a row.
#
#   tests/nic_coverage.pl KERNEL [TABLE]
#
# KERNEL is a source tree of Linux, 6.1 or newer; drivers/net of it is enough.
# Reads the files that a driver's "source" row names, as text: names of ethtool
# counters from tables of strings (macros expanded) and from formats in
# functions about strings; members of rtnl_link_stats64 and of
# netdev_queue_stats from the assignments to them.
use strict;
use warnings;

my $looks_lost = qr/drop|discard|lost|loss(?!less)|over_?run|over_?flow|ovfl
    |no_?buf|no_?desc|no_?dma|no_?res|no_?mem|no_?skb|no_?rbd|time_?out|out_of
    |trunc|fail|miss|err|crc|fcs|align|runt|jab|under_?(?:size|run|flow)
    |over_?size|too_?(?:long|short|big|small|large|many)|frag|abort|reject|bad
    |invalid|late_?col|exces|exhaust|full|exceed|carrier|symbol|expire
    |unavail|resource|starv|giant|violation|illegal|unknown|nohandler/xi;

my @members = (
  qw(rx_errors tx_errors rx_dropped tx_dropped rx_length_errors),
  qw(rx_over_errors rx_crc_errors rx_frame_errors rx_fifo_errors),
  qw(rx_missed_errors tx_aborted_errors tx_carrier_errors tx_fifo_errors),
  qw(tx_heartbeat_errors tx_window_errors)
);
my $member = join '|', @members;
my $queue_member = 'alloc_fail|hw_drops|hw_drop_\w+';

# --- The table ----------------------------------------------------------------

# Rows, reasons and sources by driver; each row is [place, counter].
my ( %rows, %sources, %first_release );

sub read_table {
  my ($path) = @_;
  open my $file, '<', $path or die "$path: $!\n";
  while ( my $line = <$file> ) {
    chomp $line;
    next if $line =~ /^#/;
    my @column = split /\t/, $line;
    for my $driver ( split /,/, $column[0] ) {
      if ( $column[5] eq 'source' ) {
        push @{ $sources{$driver} }, split / /, $column[9];
        $first_release{$driver} = $column[7] if $column[7] ne '-';
      } elsif ( $driver ne '*' || $column[5] eq 'ignored' ) {
        push @{ $rows{$driver} }, [ @column[ 1, 2 ] ];
      }
    }
  }
  return;
}

# Matches what a row's counter stands for: "*" is a number, "..." any text.
# Names without their beginning, or without what follows in brackets, match too:
# drivers add these at run time.
sub pattern {
  my ($counter) = @_;
  my $text = quotemeta $counter;
  $text =~ s/\\\*/\\d+/g;
  $text =~ s/(?:\\\.){3}/.*/g;
  return $text;
}

sub is_covered {
  my ( $driver, $place, $name ) = @_;
  for my $row ( @{ $rows{$driver} }, @{ $rows{'*'} || [] } ) {
    next if $row->[0] ne $place;
    my $pattern = pattern( $row->[1] );
    return 1 if $name =~ /^$pattern$/i;
    ( my $counter = $row->[1] ) =~ s/\*/12/g;
    return 1
      if length $name > 2
      && $counter =~ /(?:^|[^A-Za-z])\Q$name\E(?: ?\[\w+( \d+)?\])?$/i;
  }
  return 0;
}

# --- Sources as text ----------------------------------------------------------

sub content {
  my ($path) = @_;
  open my $file, '<', $path or die "$path: $!\n";
  local $/;
  my $text = <$file>;
  $text =~ s{/\*.*?\*/}{ }gs;
  $text =~ s{//[^\n]*}{}g;
  $text =~ s{\\\n}{ }g;
  return $text;
}

# Collects macros: name -> [parameters or undef, body].
sub macros {
  my ($text) = @_;
  my %macros = ( __stringify => [ ['x'], '#x' ] );
  while ( $text =~ /^[ \t]*#[ \t]*define[ \t]+(\w+)(\(([^)]*)\))?[ \t]*(.*)$/gm )
  {
    my ( $name, $has_parameters, $list, $body ) = ( $1, $2, $3, $4 );
    my @parameters = map { s/^\s+|\s+$//gr } split /,/, $list // '';
    $macros{$name} = [ $has_parameters ? \@parameters : undef, $body ];
  }
  return \%macros;
}

sub substitute {
  my ( $macro, @arguments ) = @_;
  my ( $parameters, $body ) = @$macro;
  for my $i ( 0 .. $#$parameters ) {
    my $parameter = quotemeta $parameters->[$i];
    my $argument = $arguments[$i] // '';
    $body =~ s/(?<!#)#\s*$parameter\b/"$argument"/g;
    $body =~ s/(?<![\w"])$parameter(?![\w"])/$argument/g;
  }
  $body =~ s/\s*##\s*//g;
  return $body;
}

# Expands macros as far as strings may come of it.
sub expand {
  my ( $text, $macros ) = @_;
  for ( 1 .. 6 ) {
    my $changed = 0;
    $text =~ s{\b([A-Za-z_]\w*)\b(\s*\(((?:[^()"]|"[^"]*"|\([^()]*\))*)\))?}{
      my ( $name, $call, $list ) = ( $1, $2, $3 );
      my $macro = $macros->{$name};
      my $whole = $name . ( $call // '' );
      if ( $macro && $macro->[0] && defined $call ) {
        $changed = 1;
        my @arguments = map { s/^\s+|\s+$//gr } split /,/, $list;
        $whole = substitute( $macro, @arguments );
      } elsif ( $macro && !$macro->[0] && $macro->[1] =~ m/[("]/ ) {
        $changed = 1;
        $whole = $macro->[1] . ( $call // '' );
      }
      $whole;
    }ge;
    last if !$changed;
  }
  return $text;
}

# Returns the text from an opening brace to the one that closes it.
sub block {
  my ( $text, $start ) = @_;
  my $depth = 0;
  pos($text) = $start;
  while ( $text =~ /\G(?:[^{}"]|"(?:\\.|[^"\\])*")*([{}])/gc ) {
    $depth += $1 eq '{' ? 1 : -1;
    return substr $text, $start, pos($text) - $start if $depth == 0;
  }
  return substr $text, $start, 20000;
}

# Joins neighbouring literals and returns all of them.
sub strings {
  my ($text) = @_;
  my @strings;
  while ( $text =~ /((?:"(?:\\.|[^"\\])*"\s*)+)/g ) {
    my $joined = join '', map { s/^"|"$//gr } $1 =~ /("(?:\\.|[^"\\])*")/g;
    push @strings, $joined;
  }
  return @strings;
}

# Names of counters, numbers in them as 12.
sub counters {
  my ( $text, $macros ) = @_;
  my %names;
  while ( $text =~ /^(?:\}[ ,]*)?(\w[^;{}()#"]*?)=\s*\{/gm ) {
    my $declared = $1;
    my $body = block( $text, $+[0] - 1 );
    next if $declared !~ /stat|str|mib|cnt|counter|desc|xst/i;
    $names{$_} = 1 for strings( expand( $body, $macros ) );
  }
  while ( $text =~ /^[a-z]\w[^;{}#="]*?(\w+)\s*\([^;{}]*\)\s*\{/gm ) {
    my $function = $1;
    my $body = block( $text, $+[0] - 1 );
    next if $function !~ /string|stat|ethtool|gstr/i;
    $body = expand( $body, $macros );
    while ( $body =~ /\b(\w*(?:printf|puts|cpy|copy)\w*)\s*\(([^;]*)\);/g ) {
      $names{$_} = 1 for strings($2);
    }
  }
  my @counters;
  for my $name ( keys %names ) {
    next if $name =~ /\\|^%s$|^\s*$|^KERN_/ || length $name > 48;
    $name =~ s/%[-0-9.]*[lhz]*[diuxX]/12/g;
    $name =~ s/^.*%s//;
    $name =~ s/^\s+|\s+$//g;
    push @counters, $name if $name =~ $looks_lost && $name =~ /[a-z]/;
  }
  return @counters;
}

sub link_members {
  my ($text) = @_;
  my %found;
  $found{$1} = 1
    while $text =~ /(?:->|\.)($member)\s*(?:\+\+|--|[-+|]?=(?!=))/g;
  $found{$1} = 1 while $text =~ /(?:\+\+|--)[\w.>()-]+?(?:->|\.)($member)\b/g;
  $found{$1} = 1 while $text =~ /DEV_STATS_(?:INC|ADD)\([^,]+,\s*($member)\b/g;
  $found{"$1_dropped"} = 1
    while $text =~ /dev_core_stats_(rx|tx)_dropped_(?:inc|add)\(/g;
  return keys %found;
}

# Names as netdev.yaml has them: direction, then the member.
sub queue_members {
  my ($text) = @_;
  my %found;
  while ( $text =~ /\b(\w*[rt]x\w*)->($queue_member)\s*\+?=/g ) {
    my ( $variable, $name ) = ( $1, $2 );
    next if $text !~ /netdev_queue_stats_[rt]x/;
    my $direction = $variable =~ /tx/ ? 'tx' : 'rx';
    ( my $attribute = "$direction-$name" ) =~ tr/_/-/;
    $found{$attribute} = 1;
  }
  return keys %found;
}

# --- Drivers ------------------------------------------------------------------

# Files of a source row's paths below the tree; folders stand for all in them.
sub files {
  my ( $tree, @paths ) = @_;
  my @files;
  for my $path (@paths) {
    my @found = grep { -e } glob "$tree/$path";
    push @files, map { -d $_ ? glob("$_/*.[ch] $_/*/*.[ch]") : $_ } @found;
  }
  return @files;
}

my ( $tree, $table ) = @ARGV;
if ( !defined $tree || !-d "$tree/drivers/net" ) {
  die "usage: nic_coverage.pl KERNEL [TABLE]\n";
}
if ( !defined $table ) {
  ( my $top = $0 ) =~ s{[^/]*$}{..};
  $table = "$top/plugins/nic_ethtool/nic_table.tsv";
}
read_table($table);

my $missing = 0;
for my $driver ( sort keys %rows ) {
  next if $driver eq '*';
  my @files = files( $tree, @{ $sources{$driver} || [] } );
  if ( !@files && $first_release{$driver} ) {
    print STDERR "$driver: only in Linux $first_release{$driver} and newer\n";
    next;
  }
  if ( !@files ) {
    print "$driver\tno source in this tree\n";
    $missing++;
    next;
  }
  my %text = map { $_ => content($_) } @files;
  my $macros = macros( join "\n", values %text );
  my %listed;
  for my $file (@files) {
    my @found = map { [ 'ethtool', $_ ] } counters( $text{$file}, $macros );
    push @found, map { [ 'link', $_ ] } link_members( $text{$file} );
    push @found, map { [ 'qstats', $_ ] } queue_members( $text{$file} );
    for my $one (@found) {
      my ( $place, $name ) = @$one;
      next if $listed{"$place $name"}++ || is_covered( $driver, $place, $name );
      printf "%s\t%s\t%s\t%s\n", $driver, $place, $name,
        substr $file, length($tree) + 1;
      $missing++;
    }
  }
}
exit( $missing ? 1 : 0 );
