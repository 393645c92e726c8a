<?php
// The page of certificate_cost.py with TCPDF: php certificate_tcpdf.php TCPDF.PHP CACHE plain|html [PDF], pages on
// standard input. Each text is a plain cell, or a cell of HTML, which is how Moodle's certificates write their texts.
error_reporting(E_ALL & ~E_DEPRECATED);
[, $library, $cache, $cells] = $argv;
define('K_TCPDF_EXTERNAL_CONFIG', true);
define('K_PATH_FONTS', "$cache/");  // where it keeps the fonts that it has converted
define('K_PATH_CACHE', "$cache/");
copy(dirname($library) . '/fonts/helvetica.php', "$cache/helvetica.php");  // every document of its own begins with it
require $library;

function cpu(): float {
    $used = getrusage();
    return ($used['ru_utime.tv_sec'] + $used['ru_stime.tv_sec']) * 1000
        + ($used['ru_utime.tv_usec'] + $used['ru_stime.tv_usec']) / 1000;
}

function draw(array $page, array $names, string $cells): string {
    $pdf = new TCPDF('L', 'mm', 'A4', true, 'UTF-8');
    $pdf->setTitle($page['title']);
    $pdf->setPrintHeader(false);
    $pdf->setPrintFooter(false);
    $pdf->setMargins(0, 0, 0);
    $pdf->setAutoPageBreak(false);
    $pdf->setCellPadding(0);
    $pdf->setFontSubsetting(true);
    $pdf->AddPage();
    foreach ([[12, 0.7], [16, 0.2]] as [$inset, $width]) {
        $pdf->setLineWidth($width);
        $pdf->Rect($inset, $inset, 297 - 2 * $inset, 210 - 2 * $inset);
    }
    foreach ($page['lines'] as $line) {
        $pdf->setFont($names[$line['face']], '', $line['size']);
        $pdf->setRTL($line['rtl'], false);
        $x = $line['rtl'] ? 297 - $line['left'] - $line['width'] : $line['left'];
        if ($cells === 'html') {
            $text = htmlspecialchars($line['text']);
            $pdf->writeHTMLCell($line['width'], $line['height'], $x, $line['top'], $text, 0, 0, false, true, $line['align']);
        } else {
            $pdf->setXY($x, $line['top']);
            $pdf->Cell($line['width'], $line['height'], $line['text'], 0, 0, $line['align']);
        }
    }
    $pdf->setRTL(false, false);
    [$top, $left, $side] = $page['qr'];
    $pdf->write2DBarcode($page['url'], 'QRCODE,M', $left, $top, $side, $side, ['padding' => 0]);
    return $pdf->Output('', 'S');
}

$given = json_decode(stream_get_contents(STDIN), true);
$names = array_map(fn($path) => TCPDF_FONTS::addTTFfont($path, 'TrueTypeUnicode', '', 32, "$cache/"), $given['fonts']);
$spent = $sizes = [];
$made = '';
foreach ($given['pages'] as $page) {
    $start = cpu();
    $made = draw($page, $names, $cells);
    $spent[] = cpu() - $start;
    $sizes[] = strlen($made);
}
if (isset($argv[4])) {  // to be looked at
    file_put_contents($argv[4], $made);
}
echo json_encode(['ms' => $spent, 'bytes' => $sizes]);
