# SPDX-License-Identifier: MIT
# The part of Grafana's classic dashboard model that the dashboards use: keys,
# their types, and the words that they accept. Taken from Grafana's own schemas:
# kinds/dashboard/dashboard_kind.cue, packages/grafana-schema/src, and the
# panelcfg.cue of the panels.
package Schema;

use strict;
use warnings;

use JSON::PP;

# A rule is the name of a type, a list of allowed words, or a hash: of keys and
# their rules ("?" before a key makes it optional), or with a rule for every
# element of a list (each) or for every value of an object (any).
my $source = { type => [qw(graphite influxdb prometheus)], uid => 'text' };
my $grid   = { x => 'count', y => 'count', w => 'count', h => 'count' };
my $steps  = { each => { color => 'text', value => 'number?' } };
my $thresholds = { mode => [qw(absolute percentage)], steps => $steps };

my $target = {
  refId           => 'text',
  datasource      => $source,
  '?target'       => 'text',
  '?textEditor'   => 'flag',
  '?query'        => 'text',
  '?alias'        => 'text',
  '?rawQuery'     => 'flag',
  '?resultFormat' => [qw(time_series table logs)],
  '?expr'         => 'text',
  '?legendFormat' => 'text',
  '?range'        => 'flag',
  '?editorMode'   => [qw(code builder)],
};

my %common = (
  id          => 'count',
  title       => 'text',
  type        => 'text',
  description => 'text',
  datasource  => $source,
  gridPos     => $grid,
  interval    => 'text',
  targets     => { each => $target },
);

my %panels = (
  row => {
    type      => 'text',
    id        => 'count',
    title     => 'text',
    collapsed => 'flag',
    gridPos   => $grid,
    panels    => { each => 'nothing' },
  },
  'state-timeline' => {
    %common,
    fieldConfig => {
      overrides => { each => 'nothing' },
      defaults  => {
        mappings => {
          each => {
            type    => ['value'],
            options =>
              { any => { text => 'text', color => 'text', index => 'count' } },
          }
        },
        thresholds => $thresholds,
        color      => { mode => [qw(thresholds palette-classic fixed)] },
        custom     =>
          { lineWidth => 'count', fillOpacity => 'count', spanNulls => 'flag' },
      },
    },
    options => {
      mergeValues => 'flag',
      showValue   => [qw(auto always never)],
      alignValue  => [qw(left center right)],
      rowHeight   => 'number',
      legend      => {
        displayMode => [qw(list table hidden)],
        placement   => [qw(bottom right)],
        showLegend  => 'flag',
      },
      tooltip =>
        { mode => [qw(single multi none)], sort => [qw(asc desc none)] },
    },
  },
  timeseries => {
    %common,
    fieldConfig => {
      overrides => { each => 'nothing' },
      defaults  => {
        unit       => 'text',
        min        => 'number',
        thresholds => $thresholds,
        color      => { mode => [qw(thresholds palette-classic fixed)] },
        custom     => {
          drawStyle         => [qw(line bars points)],
          lineInterpolation => [qw(linear smooth stepBefore stepAfter)],
          lineWidth         => 'count',
          fillOpacity       => 'count',
          showPoints        => [qw(auto never always)],
          spanNulls         => 'flag',
          stacking          => {
            mode  => [qw(none normal percent)],
            group => 'text',
          },
          thresholdsStyle   => {
            mode =>
              [ qw(off line dashed area line+area dashed+area series) ]
          },
        },
      },
    },
    options => {
      legend => {
        displayMode => [qw(list table hidden)],
        placement   => [qw(bottom right)],
        showLegend  => 'flag',
        calcs       => { each => 'text' },
      },
      tooltip =>
        { mode => [qw(single multi none)], sort => [qw(asc desc none)] },
    },
  },
);

my %variable = (
  type           => 'text',
  name           => 'text',
  label          => 'text',
  hide           => [ 0, 1, 2 ],
  '?description' => 'text',
);
my %choice = (
  %variable,
  regex       => 'text?',
  refresh     => [ 0, 1, 2 ],
  multi       => 'flag',
  includeAll  => 'flag',
  options     => { each => 'nothing' },
  '?current'  => 'anything',
  '?allValue' => 'text',
);
my %variables = (
  datasource => { %choice, query => [qw(graphite influxdb prometheus)] },
  textbox    => {
    %variable,
    query   => 'text',
    current => { text => 'text', value => 'text' },
    options =>
      { each => { text => 'text', value => 'text', selected => 'flag' } },
  },
  custom => {
    %variable,
    query      => 'text',
    multi      => 'flag',
    includeAll => 'flag',
    current    => { text => 'text', value => 'text' },
    options    =>
      { each => { text => 'text', value => 'text', selected => 'flag' } },
  },
  query => {
    %choice,
    datasource => $source,
    definition => 'text',
    sort       => [ 0 .. 8 ],
    query      => 'anything',
  },
);

my $dashboard = {
  uid           => 'text',
  title         => 'text',
  description   => 'text',
  tags          => { each => 'text' },
  timezone      => 'text',
  editable      => 'flag',
  graphTooltip  => [ 0, 1, 2 ],
  time          => { from => 'text', to => 'text' },
  refresh       => 'text',
  schemaVersion => 'count',
  version       => 'count',
  links         => { each => 'nothing' },
  annotations   => { list => { each => 'nothing' } },
  templating    => { list => { each => 'anything' } },
  panels        => { each => 'anything' },
};

# JSON::PP has no type for numbers: a value is one if it is written as one.
sub is_number {
  my ($value) = @_;
  return defined $value
    && !ref $value
    && JSON::PP->new->allow_nonref->encode($value) =~ /^-?[0-9]/;
}

sub is_text {
  my ($value) = @_;
  return defined $value && !ref $value && !is_number($value);
}

my %types = (
  anything  => sub { 1 },
  nothing   => sub { 0 },
  text      => sub { is_text( $_[0] ) && $_[0] ne '' },
  'text?'   => sub { is_text( $_[0] ) },
  flag      => sub { JSON::PP::is_bool( $_[0] ) },
  number    => sub { is_number( $_[0] ) },
  'number?' => sub { !defined $_[0] || is_number( $_[0] ) },
  count     => sub { is_number( $_[0] ) && $_[0] =~ /^[0-9]+$/ },
);

sub compare {
  my ( $where, $rule, $value ) = @_;
  if ( ref $rule eq 'ARRAY' ) {
    return ( defined $value && grep { $_ eq $value } @$rule )
      ? ()
      : "$where: expected one of @$rule, found " . ( $value // 'null' );
  }
  if ( !ref $rule ) {
    return $types{$rule}->($value)
      ? ()
      : "$where: expected $rule, found " . ( $value // 'null' );
  }
  if ( $rule->{each} ) {
    return "$where: expected a list" if ref $value ne 'ARRAY';
    return map { compare( "$where\[$_]", $rule->{each}, $value->[$_] ) }
      0 .. $#$value;
  }
  return "$where: expected an object" if ref $value ne 'HASH';
  if ( $rule->{any} ) {
    return map { compare( "$where.$_", $rule->{any}, $value->{$_} ) }
      sort keys %$value;
  }
  my %known = map { s/^\?//r => $rule->{$_} } keys %$rule;
  return (
    ( map { "$where.$_ is not known" } grep { !exists $known{$_} }
        sort keys %$value ),
    ( map { "$where.$_ is missing" } grep { !/^\?/ && !exists $value->{$_} }
        sort keys %$rule ),
    map { compare( "$where.$_", $known{$_}, $value->{$_} ) }
      grep { exists $value->{$_} } sort keys %known
  );
}

sub repeated {
  my ( $what, @values ) = @_;
  my %seen;
  return map { "duplicate $what $_" }
    grep { $seen{$_}++ == 1 } @values;
}

# Returns the panels that leave the 24 columns, or overlap.
sub misplaced {
  my (@panels) = @_;
  my ( %taken, @faults );
  for my $panel (@panels) {
    my ( $x, $y, $w, $h ) = @{ $panel->{gridPos} }{qw(x y w h)};
    push @faults, "panel $panel->{id} is outside of the grid"
      if $w < 1 || $h < 1 || $x + $w > 24;
    for my $cell ( map { my $cx = $_; map { "$cx $_" } $y .. $y + $h - 1 }
      $x .. $x + $w - 1 )
    {
      push @faults, "panel $panel->{id} overlaps $taken{$cell}"
        if $taken{$cell};
      $taken{$cell} = $panel->{id};
    }
  }
  return @faults;
}

# Returns each ${variable} that is neither declared nor one of Grafana's own.
sub undeclared {
  my ($board) = @_;
  my %known = map { $_->{name} => 1 } @{ $board->{templating}{list} };
  $known{$_} = 1 for qw(__interval __rate_interval timeFilter
    tag_instance tag_type_instance);
  my %used;
  for my $text ( texts($board) ) {
    $used{$1} = 1 while $text =~ /\$\{?(\w+)/g;
  }
  return map { "\$$_ is not declared" }
    grep { !$known{$_} && !/^__all$/ } sort keys %used;
}

sub texts {
  my ($value) = @_;
  return map { texts($_) } @$value if ref $value eq 'ARRAY';
  return map { texts( $value->{$_} ) } grep { $_ ne 'description' } keys %$value
    if ref $value eq 'HASH';
  return defined $value && !ref $value ? $value : ();
}

sub faults {
  my ($board) = @_;
  my @faults = compare( 'dashboard', $dashboard, $board );
  return @faults if @faults;
  my ( $panels, $list ) = ( $board->{panels}, $board->{templating}{list} );
  for my $panel (@$panels) {
    my $rule = $panels{ $panel->{type} // '' };
    push @faults, $rule
      ? compare( "panel " . ( $panel->{title} // '' ), $rule, $panel )
      : 'a panel of an unknown type';
    push @faults, repeated( "panel $panel->{id}: refId",
      map { $_->{refId} } @{ $panel->{targets} // [] } );
  }
  for my $variable (@$list) {
    my $rule = $variables{ $variable->{type} // '' };
    push @faults, $rule
      ? compare( "variable $variable->{name}", $rule, $variable )
      : 'a variable of an unknown type';
  }
  return @faults if @faults;
  push @faults, 'uid: expected 8 to 40 of a-z, 0-9, "-", "_"'
    if $board->{uid} !~ /^[a-z0-9_-]{8,40}$/;
  return @faults, repeated( 'id', map { $_->{id} } @$panels ),
    repeated( 'variable', map { $_->{name} } @$list ), misplaced(@$panels),
    undeclared($board);
}

1;
