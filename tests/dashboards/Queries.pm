# SPDX-License-Identifier: MIT
# Parses a dashboard's query into the series that it asks for: layer, object (a
# pattern, in which * stands for anything), type, name, and kind if the query
# shows it.
package Queries;

use strict;
use warnings;

use JSON::PP;

sub slurp {
  my ($path) = @_;
  open my $file, '<', $path or die "$path: $!\n";
  local $/;
  return scalar <$file>;
}

sub read_json {
  my ($path) = @_;
  return JSON::PP->new->decode( slurp($path) );
}

# Returns the output of list_meters, as hashes.
sub read_meters {
  my ($path) = @_;
  my ( $head, @lines ) = split /\n/, slurp($path);
  my @columns = split /\t/, $head;
  return map {
    my %meter;
    @meter{@columns} = split /\t/, $_, -1;
    \%meter
  } @lines;
}

# Returns the panels of a dashboard that have queries.
sub panels {
  my ($dashboard) = @_;
  return grep { $_->{type} ne 'row' } @{ $dashboard->{panels} };
}

# Reads graphs.tsv: titles, targets, and apart from those the lines at limits.
sub graphs {
  my ($path) = @_;
  return map {
    my ( $row, $title, @targets ) = split /\t/;
    {
      row     => $row,
      title   => $title,
      targets => [ grep { !/^threshold\(/ } @targets ],
      lines   => [ grep { /^threshold\(/ } @targets ],
    }
  } split /\n/, slurp($path);
}

sub all_of {
  my ( $layer, $object, $type, $kind, @names ) = @_;
  return map {
    {
      layer  => $layer,
      object => $object,
      type   => $type,
      kind   => $kind,
      name   => $_
    }
  } @names;
}

sub unknown {
  my ($query) = @_;
  die "this query has no known form: $query\n";
}

sub of_graphite {
  my ($target) = @_;
  $target =~ s/^stacked\((.*),"lost"\)$/$1/;
  $target =~ s/^alias\(offset\(scale\((.*),0\.4\),[0-9]+\),/alias($1,/;
  $target =~ m/^alias(?:Sub)?\((?:\$\{prefix\}\$\{host\}|\$HOST)\.
               ([a-z_]+)(?:-([^.]+))?\.([a-z_]+)-(\{[^}]+\}|[^,]+),"/x
    or unknown($target);
  my ( $layer, $object, $type, $names ) = ( $1, $2 // '', $3, $4 );
  $object =~ s/\$\{interface\}/*/;
  $names =~ s/[{}]//g;
  return all_of( $layer, $object, $type, undef, split /,/, $names );
}

sub of_influxdb {
  my ($target) = @_;
  my $query = $target->{query};
  $query =~ m{^SELECT\ (?:(\$\{counters:raw\})
                |m(?:ax|in)\("value"\))
              \ FROM\ /\^([a-z_]+)\(_value\)\?\$/
              \ WHERE\ "host"\ =\ '\$\{host\}'
              \ AND\ "instance"\ (=\ '[^']*'|=~\ /[^/]+/)
              \ AND\ "type"\ =\ '([a-z_]+)'
              \ AND\ "type_instance"\ (?:=\ '([^']+)'|=~\ /\^\(([^)]+)\)\$/)
              \ AND\ \$timeFilter
              \ GROUP\ BY\ time\(\$__interval\),\ "instance",\ "type_instance"
              \ fill\(none\)$}x or unknown($query);
  my ( $rate, $layer, $object, $type, $names ) = ( $1, $2, $3, $4, $5 // $6 );
  $object =~ s/^= '(.*)'$/$1/
    or $object =~ s{^=~ /\^\$\{interface:regex\}\$/$}{*}
    or $object =~ s{^=~ /\./$}{*}
    or $object =~ s{^=~ /\^([a-z-]+)/$}{$1*}
    or unknown($query);
  return all_of( $layer, $object, $type, $rate ? 'counter' : 'gauge',
    split /\|/, $names );
}

sub of_prometheus {
  my ($target) = @_;
  my $query = $target->{expr};
  ( my $series = $query ) =~ s/^rate\((.*)\[\$__rate_interval\]\)$/$1/;
  my $is_rate = $series ne $query;
  my ( $metric, $labels ) = $series =~ /^(\w+)\{instance="\$\{host\}",(.*)\}$/
    or unknown($query);
  my ( @labels, $rest );
  $rest = $labels;
  while ( $rest =~ s/^([a-z_]+)(=~?)"([^"]*)"(?:,|$)// ) {
    push @labels, { label => $1, value => $3 };
  }
  $rest eq '' && @labels >= 1 && @labels <= 2 or unknown($query);
  my $layer = $labels[0]{label};
  my ($type) = $metric =~ /^collectd_\Q$layer\E_(\w+)$/ or unknown($query);
  my $is_count = $type =~ s/_total$//;
  $is_count == $is_rate or die "a rate of a gauge, or a bare counter: $query\n";
  my $object = '';
  if ( @labels == 2 ) {
    $labels[1]{label} eq 'type' or unknown($query);
    $object = shift(@labels)->{value};
    $object =~ s/^\$\{interface\}$|^\.\+$|\.\*$/*/;
  }
  return all_of( $layer, $object, $type, $is_rate ? 'counter' : 'gauge',
    split /\|/, $labels[0]{value} );
}

# Returns the series that a target asks for; store is the data source's type.
sub series {
  my ( $store, $target ) = @_;
  return of_influxdb($target)   if $store eq 'influxdb';
  return of_prometheus($target) if $store eq 'prometheus';
  return of_graphite( ref $target ? $target->{target} : $target );
}

# Returns a series in words: "nic_ethtool * packets rx"
sub identity {
  my ($series) = @_;
  return join ' ', map { $_ eq '' ? '-' : $_ }
    @$series{qw(layer object type name)};
}

1;
