# SPDX-License-Identifier: MIT
# Makes a Grafana dashboard of rows, in the classic JSON model. The store's
# package writes queries and variables.
package Grafana;

use strict;
use warnings;

use JSON::PP;
use Panels;

my $columns = 24;
my ( $width, $height ) = ( 8, 8 );

sub dashboard {
  my ( $store, $rows ) = @_;
  my @panels;
  my ( $id, $y ) = ( 0, 0 );
  for my $row (@$rows) {
    push @panels,
      {
      type      => 'row',
      id        => ++$id,
      title     => $row->{title},
      collapsed => JSON::PP::false,
      panels    => [],
      gridPos   => grid( 0, $y, $columns, 1 ),
      };
    $y++;
    my ( $x, $lowest ) = ( 0, $y );
    for my $panel ( @{ $row->{panels} } ) {
      my ( $w, $h ) =
        ( is_state($panel) || is_stacked($panel) ? $columns : $width, $height );
      ( $x, $y ) = ( 0, $lowest ) if $x + $w > $columns;
      push @panels, panel( $store, $panel, ++$id, grid( $x, $y, $w, $h ) );
      $x += $w;
      $lowest = $y + $h;
    }
    $y = $lowest;
  }
  return {
    uid           => 'netloss-' . $store->type,
    title         => 'Packet loss (' . $store->title . ')',
    description   => 'Where this host loses packets, in the order of a '
      . 'packet\'s path, and which setting decides it.',
    tags          => [ 'netloss', 'network' ],
    timezone      => 'browser',
    editable      => JSON::PP::true,
    graphTooltip  => 1,
    time          => { from => 'now-1h', to => 'now' },
    refresh       => '30s',
    schemaVersion => 36,
    version       => 1,
    links         => [],
    annotations   => { list => [] },
    templating    => {
      list => [
        source_variable($store),
        $store->variables( Panels::layers_of($rows) )
      ]
    },
    panels        => \@panels,
  };
}

sub grid {
  my ( $x, $y, $w, $h ) = @_;
  return { x => $x, y => $y, w => $w, h => $h };
}

sub is_state {
  my ($panel) = @_;
  return Panels::is_state( $panel->{queries}[0] );
}

sub is_stacked {
  my ($panel) = @_;
  return Panels::is_stacked( $panel->{queries}[0] );
}

sub source {
  my ($store) = @_;
  return { type => $store->type, uid => '${datasource}' };
}

sub source_variable {
  my ($store) = @_;
  return {
    type    => 'datasource',
    name    => 'datasource',
    label   => 'Data source',
    query   => $store->type,
    hide    => 0,
    refresh => 1,
    regex   => '',
    multi   => JSON::PP::false,
    includeAll => JSON::PP::false,
    options => [],
    current => {},
  };
}

# For the stores: a variable whose values come from a query.
sub query_variable {
  my ( $store, $name, $label, $query, %more ) = @_;
  return {
    type       => 'query',
    name       => $name,
    label      => $label,
    datasource => source($store),
    query      => $query,
    definition => ref $query ? $query->{query} : $query,
    hide       => 0,
    refresh    => 2,
    regex      => '',
    sort       => 1,
    multi      => JSON::PP::false,
    includeAll => JSON::PP::false,
    options    => [],
    current    => {},
    %more,
  };
}

# For the stores: the keys of a variable with several values, or all.
sub several {
  my ($all) = @_;
  return (
    multi      => JSON::PP::true,
    includeAll => JSON::PP::true,
    allValue   => $all,
    current    => { text => ['All'], value => ['$__all'] },
  );
}

sub panel {
  my ( $store, $panel, $id, $grid ) = @_;
  my $ref = 'A';
  my @targets = map {
    { refId => $ref++, datasource => source($store), %{ $store->target($_) } }
  } @{ $panel->{queries} };
  return {
    id          => $id,
    title       => $panel->{title},
    description => Panels::description($panel),
    datasource  => source($store),
    gridPos     => $grid,
    interval    => '10s',
    targets     => \@targets,
    is_state($panel) ? state_looks() : series_looks($panel),
  };
}

sub state_looks {
  my @states = ( [ okay => 'green' ], [ warning => 'orange' ],
    [ failure => 'red' ] );
  my %results = map {
    $_ => { text => $states[$_][0], color => $states[$_][1], index => $_ }
  } 0 .. $#states;
  return (
    type        => 'state-timeline',
    fieldConfig => {
      defaults => {
        mappings   => [ { type => 'value', options => \%results } ],
        thresholds => {
          mode  => 'absolute',
          steps => [
            map { { color => $states[$_][1], value => $_ || undef } }
              0 .. $#states
          ],
        },
        color  => { mode => 'thresholds' },
        custom => {
          lineWidth   => 0,
          fillOpacity => 70,
          spanNulls   => JSON::PP::false
        },
      },
      overrides => [],
    },
    options => {
      mergeValues => JSON::PP::true,
      showValue   => 'auto',
      alignValue  => 'left',
      rowHeight   => 0.9,
      legend      => {
        displayMode => 'list',
        placement   => 'bottom',
        showLegend  => JSON::PP::false
      },
      tooltip => { mode => 'single', sort => 'none' },
    },
  );
}

# Returns Grafana's threshold steps; green is the range between the limits.
sub steps {
  my ($limit) = @_;
  my @steps = ( { color => 'green', value => undef } );
  if ( defined $limit ) {
    if ( $limit->{warning_min} ne '' ) {
      @steps = (
        { color => 'orange', value => undef },
        { color => 'green',  value => 0 + $limit->{warning_min} }
      );
    }
    if ( $limit->{failure_min} ne '' ) {
      $steps[0]{value} = 0 + $limit->{failure_min};
      unshift @steps, { color => 'red', value => undef };
    }
    push @steps, { color => 'orange', value => 0 + $limit->{warning_max} }
      if $limit->{warning_max} ne '';
    push @steps, { color => 'red', value => 0 + $limit->{failure_max} }
      if $limit->{failure_max} ne '';
  }
  return \@steps;
}

sub unit {
  my ($panel) = @_;
  my @units = keys %{ $panel->{units} };
  my $unit  = @units == 1 ? $units[0] : '';
  return $unit eq 'packets' ? 'pps' : $unit eq '' ? 'cps' : "suffix: $unit/s"
    if $panel->{measure} eq 'rate';
  return { '%' => 'percent', bytes => 'bytes', s => 's' }->{$unit} // 'short';
}

sub series_looks {
  my ($panel) = @_;
  my $limit = $panel->{limit};
  return (
    type        => 'timeseries',
    fieldConfig => {
      defaults => {
        unit       => unit($panel),
        min        => 0,
        color      => { mode => 'palette-classic' },
        thresholds => { mode => 'absolute', steps => steps($limit) },
        custom     => {
          drawStyle         => 'line',
          lineInterpolation => 'stepAfter',
          lineWidth         => 1,
          fillOpacity       => is_stacked($panel) ? 60 : 10,
          showPoints        => 'auto',
          spanNulls         => JSON::PP::false,
          thresholdsStyle   => { mode => defined $limit ? 'dashed' : 'off' },
          stacking          =>
            { mode => is_stacked($panel) ? 'normal' : 'none', group => 'A' },
        },
      },
      overrides => [],
    },
    options => {
      legend => {
        displayMode => 'list',
        placement   => 'bottom',
        showLegend  => JSON::PP::true,
        calcs       => [],
      },
      tooltip => { mode => 'multi', sort => 'desc' },
    },
  );
}

1;
