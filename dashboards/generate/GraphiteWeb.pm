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

sub graphs {
  my ($rows) = @_;
  my $text = '';
  for my $row (@$rows) {
    for my $panel ( @{ $row->{panels} } ) {
      my @targets =
        map { StoreGraphite::named_series( '$HOST', '*', $_ ) }
        @{ $panel->{queries} };
      $text .= join( "\t", $row->{title}, $panel->{title}, @targets,
        limit_lines($panel) )
        . "\n";
    }
  }
  return $text;
}

1;
