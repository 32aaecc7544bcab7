# SPDX-License-Identifier: MIT
# Makes graphs.tsv, for graphite-web's render API: a line for each graph, with
# row, title and targets separated by tabs.
package GraphiteWeb;

use strict;
use warnings;

use Panels;
use StoreGraphite;

# Returns targets that draw lines at the limits. Leaves out the failure limit of
# counters: it is often a hundred times the warning limit, and would flatten the
# series.
sub limit_lines {
  my ($panel) = @_;
  my $limit = $panel->{limit} or return;
  my $per   = Panels::per( $panel->{queries}[0]{meters}[0] );
  my @which = qw(warning_max warning_min);
  push @which, qw(failure_max failure_min) if $panel->{measure} ne 'rate';
  return map {
    my $words = Panels::limits_in_words( $limit, $per, $_ );
    my $color = /^warning/ ? 'orange' : 'red';
    $words eq '' ? () : "threshold($limit->{$_},\"$words\",\"$color\")"
  } @which;
}

# Returns a target that draws the state of a layer as a band of its own: its
# line rises from one whole number by 0.4 for a warning, and by 0.8 for a
# failure.
sub band {
  my ( $query, $index ) = @_;
  my $target = StoreGraphite::named_series( '$HOST', '*', $query );
  return $target =~ s/^alias\((.*),(".*")\)$/alias(offset(scale($1,0.4),$index),$2)/r;
}

# Returns the target of a query. graphite-web stacks targets in their order.
sub target {
  my ( $query, $index ) = @_;
  return band( $query, $index ) if Panels::is_state($query);
  my $target = StoreGraphite::named_series( '$HOST', '*', $query );
  return Panels::is_stacked($query) ? "stacked($target,\"lost\")" : $target;
}

sub graphs {
  my ($rows) = @_;
  my $text = '';
  for my $row (@$rows) {
    for my $panel ( @{ $row->{panels} } ) {
      my @queries = @{ $panel->{queries} };
      my @targets = map { target( $queries[$_], $_ ) } 0 .. $#queries;
      $text .= join( "\t", $row->{title}, $panel->{title}, @targets,
        limit_lines($panel) )
        . "\n";
    }
  }
  return $text;
}

1;
