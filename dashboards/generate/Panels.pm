# SPDX-License-Identifier: MIT
# Reads meters and panels, and refuses panels that would mislead.
#
# A row has a title and panels. A panel has a title, a measure (the quantity on
# its axis), the limits and units of its meters, and queries. A query has a
# layer, an object ("" for the host), a type, a kind, and meters, whose names
# distinguish its series.
package Panels;

use strict;
use warnings;

my @limits = qw(warning_max failure_max warning_min failure_min);

# Its meters exclude one another. Each has a query of its own, because stores
# sort the series of one query.
my $stacked_layer = 'loss_ledger';

sub read_meters {
  my ($path) = @_;
  open my $file, '<', $path or die "$path: $!\n";
  my ( $columns, %meters, @order );
  while ( my $line = <$file> ) {
    chomp $line;
    my @fields = split /\t/, $line, -1;
    if ( !defined $columns ) {
      $columns = \@fields;
      next;
    }
    @fields == @$columns
      or die "$path:$.: expected @{[scalar @$columns]} columns, found "
      . @fields . "\n";
    my %meter;
    @meter{@$columns} = @fields;
    $meters{ $meter{layer} }{ $meter{key} } = \%meter;
    push @{ $order[0]{ $meter{layer} } }, \%meter;
  }
  return { by_key => \%meters, in_order => $order[0] };
}

sub has_limits {
  my ($meter) = @_;
  return grep { $meter->{$_} ne '' } @limits;
}

# Returns the limits as text, such as "1|100||"; undef if the meter has none.
sub limits_of {
  my ($meter) = @_;
  return has_limits($meter) ? join '|', @$meter{@limits} : undef;
}

# Returns the meters that the last column of a line names.
sub find_meters {
  my ( $meters, $layer, $object, $words ) = @_;
  my $by_key = $meters->{by_key}{$layer}
    or die "expected a layer that was built ("
    . join( ', ', sort keys %{ $meters->{by_key} } ) . "), found $layer\n";
  if ( $words eq '*' ) {
    my @found =
      grep { has_limits($_) && ( $_->{key} !~ /^(.*):/ || $1 eq $object ) }
      @{ $meters->{in_order}{$layer} };
    return @found ? @found : die "$layer judges no meter of $object\n";
  }
  return map {
    $by_key->{"$object:$_"} // $by_key->{$_}
      // die "expected keys of meters of $layer, found $_\n"
  } split / /, $words;
}

sub unit_of {
  my ($meter) = @_;
  return 'packets' if $meter->{unit} eq 'datagrams';
  return $meter->{unit};
}

# Returns the layers that have panels, in alphabetical order.
sub layers_of {
  my ($rows) = @_;
  my %layers = map { $_->{layer} => 1 }
    map { @{ $_->{queries} } } map { @{ $_->{panels} } } @$rows;
  return sort keys %layers;
}

# Returns the quantity on the axis. A panel shows only one.
sub measure_of {
  my ($meter) = @_;
  return 'rate' if $meter->{kind} eq 'counter';
  return $meter->{unit} =~ /^(?:%|bytes|s)$/ ? $meter->{unit} : 'level';
}

sub add_meter {
  my ( $panel, $layer, $object, $meter ) = @_;
  die "$meter->{key}: values of the type duration are not called \"value\"\n"
    if $meter->{type} eq 'duration';
  my $measure = measure_of($meter);
  $panel->{measure} //= $measure;
  $panel->{measure} eq $measure
    or die "$meter->{key} is a $measure, but the panel shows a "
    . "$panel->{measure}\n";

  my $limits = limits_of($meter);
  if ( defined $limits ) {
    $panel->{limits} //= $limits;
    $panel->{limits} eq $limits
      or die "$meter->{key} has the limits $limits, but the panel "
      . "$panel->{limits}\n";
    @{ $panel->{limit} }{@limits} = @$meter{@limits};
  }

  $panel->{units}{ unit_of($meter) } = 1;
  my $shown = $object eq '-' ? '' : $object;
  my ($query) = grep {
         $_->{layer} eq $layer
      && $_->{object} eq $shown
      && $_->{type} eq $meter->{type}
  } @{ $panel->{queries} };
  if ( !$query || $layer eq $stacked_layer && !is_alert($meter) ) {
    $query = {
      layer  => $layer,
      object => $shown,
      type   => $meter->{type},
      kind   => $meter->{kind},
    };
    push @{ $panel->{queries} }, $query;
  }
  my $legend = "$object $meter->{name}";
  $panel->{legends}{$legend} //= $meter->{type};
  $panel->{legends}{$legend} eq $meter->{type}
    or die "two series would have the legend $meter->{name}\n";
  push @{ $query->{meters} }, $meter;
}

sub read_rows {
  my ( $path, $meters ) = @_;
  open my $file, '<', $path or die "$path: $!\n";
  my ( @rows, %seen );
  while ( my $line = <$file> ) {
    next if $line =~ /^#/;
    chomp $line;
    eval {
      my ( $row, $panel, $layer, $object, $words, @more ) =
        split /\t/, $line, -1;
      die "expected 5 columns\n" if !defined $words || @more;
      if ( !@rows || $rows[-1]{title} ne $row ) {
        die "the row $row is in two places\n" if $seen{$row}++;
        push @rows, { title => $row, panels => [] };
      }
      my $panels = $rows[-1]{panels};
      if ( !@$panels || $panels->[-1]{title} ne $panel ) {
        die "the panel $panel is in two places\n"
          if $seen{"$row\t$panel"}++;
        push @$panels, { title => $panel };
      }
      add_meter( $panels->[-1], $layer, $object, $_ )
        for find_meters( $meters, $layer, $object, $words );
      1;
    } or die "$path:$.: $@";
  }
  return \@rows;
}

# Returns the names of a query's series; two meters may share one.
sub names_of {
  my ($query) = @_;
  my %seen;
  return grep { !$seen{$_}++ } map { $_->{name} } @{ $query->{meters} };
}

sub is_alert {
  my ($meter) = @_;
  return $meter->{key} eq 'alert';
}

sub is_state {
  my ($query) = @_;
  return is_alert( $query->{meters}[0] );
}

# Returns whether the series of a query add up, and so are stacked.
sub is_stacked {
  my ($query) = @_;
  return $query->{layer} eq $stacked_layer && !is_state($query);
}

# Returns limits in words, as in the tables of docs/alerts.md.
sub limits_in_words {
  my ( $limit, $per, @which ) = @_;
  my @words;
  for my $name (@which) {
    next if $limit->{$name} eq '';
    my ( $state, $side ) = split /_/, $name;
    push @words, sprintf '%s %s %s%s', $state,
      $side eq 'max' ? 'above' : 'below', $limit->{$name}, $per;
  }
  return join ', ', @words;
}

# Returns the unit to append to a limit: "/s", "%", " times".
sub per {
  my ($meter) = @_;
  return '/s' if $meter->{kind} eq 'counter';
  return length $meter->{unit} > 2 ? " $meter->{unit}" : $meter->{unit};
}

sub description {
  my ($panel) = @_;
  my @lines;
  my %seen;
  for my $meter ( map { @{ $_->{meters} } } @{ $panel->{queries} } ) {
    my @sentences = ( sentence( $meter->{help} ) );
    my $limits = limits_in_words( $meter, per($meter), @limits );
    push @sentences, sentence( ucfirst $limits ) if $limits ne '';
    push @sentences, remedy($meter);
    my $line = "**$meter->{name}**: " . join ' ', grep { $_ ne '' } @sentences;
    push @lines, "- $line" unless $seen{$line}++;
  }
  return join "\n", @lines;
}

sub sentence {
  my ($text) = @_;
  return $text eq '' || $text =~ /\.$/ ? $text : "$text.";
}

# Returns the setting that decides the meter, and the advice.
sub remedy {
  my ($meter) = @_;
  return "Is \`$meter->{setting}\`." if $meter->{meaning} eq 'setting';
  my @words;
  push @words, "\`$meter->{setting}\`" if $meter->{setting} ne '';
  push @words, $meter->{advice} if $meter->{advice} ne '';
  return @words ? 'To do: ' . sentence( join ': ', @words ) : ();
}

1;
