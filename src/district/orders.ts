/** What physicians of the district order: panels of items that one blood sample answers, and imaging examinations. */

export interface Panel {
  readonly key: string;
  /** Name on the report. */
  readonly zh: string;
  /** Items of the catalogue; a laboratory reports those it has a code for. */
  readonly items: readonly string[];
  readonly specimen: 'blood' | 'serum' | 'plasma';
  /** How often it is ordered, relative to the others. */
  readonly weight: number;
}

export const PANELS: readonly Panel[] = [
  {
    key: 'CBC', zh: '血常规', specimen: 'blood', weight: 10,
    items: ['WBC', 'RBC', 'HGB', 'HCT', 'MCV', 'MCH', 'MCHC', 'PLT', 'NEU_PCT', 'LYM_PCT', 'MON_PCT', 'EOS_PCT', 'BAS_PCT', 'NEU', 'LYM', 'MON', 'EOS', 'BAS'],
  },
  { key: 'LFT', zh: '肝功能', specimen: 'serum', weight: 7, items: ['TP', 'ALB', 'TBIL', 'DBIL', 'ALT', 'AST', 'GGT', 'ALP', 'LDH', 'TBA'] },
  { key: 'RFT', zh: '肾功能', specimen: 'serum', weight: 8, items: ['UREA', 'CREA', 'UA', 'CYSC', 'EGFR2009', 'EGFR2021'] },
  { key: 'LIP', zh: '血脂', specimen: 'serum', weight: 8, items: ['TC', 'TG', 'HDLC', 'LDLC', 'APOA1', 'APOB', 'LPA'] },
  { key: 'GLU', zh: '血糖', specimen: 'serum', weight: 9, items: ['GLU', 'HBA1C', 'HBA1C_IFCC'] },
  { key: 'ELE', zh: '电解质', specimen: 'serum', weight: 6, items: ['K', 'NA', 'CL', 'CA', 'P', 'MG', 'CO2', 'HCO3'] },
  { key: 'INF', zh: '炎症指标', specimen: 'serum', weight: 4, items: ['CRP', 'HSCRP', 'ESR'] },
  { key: 'COA', zh: '凝血功能', specimen: 'plasma', weight: 3, items: ['PT', 'INR', 'APTT', 'FIB', 'TT', 'DDIMER_FEU', 'DDIMER_DDU'] },
  { key: 'THY', zh: '甲状腺功能', specimen: 'serum', weight: 3, items: ['TSH', 'FT4', 'FT3', 'TPOAB', 'TGAB'] },
  { key: 'HBV', zh: '乙肝五项', specimen: 'serum', weight: 2, items: ['HBSAG', 'HBSAG_QUANT', 'HBSAB', 'HBEAG', 'HBEAB', 'HBCAB'] },
  { key: 'STD', zh: '传染病筛查', specimen: 'serum', weight: 1, items: ['HCVAB', 'RPR', 'HIV'] },
  { key: 'TUM', zh: '肿瘤标志物', specimen: 'serum', weight: 2, items: ['AFP', 'CEA', 'CA125', 'CA153', 'CA199', 'TPSA', 'FPSA'] },
  { key: 'IRO', zh: '铁代谢', specimen: 'serum', weight: 1, items: ['FE', 'TIBC', 'FERR'] },
  { key: 'CAR', zh: '心肌标志物', specimen: 'serum', weight: 2, items: ['HSCTNI', 'HSCTNT', 'NTPROBNP', 'BNP', 'CK', 'MYO'] },
];

/** Items that have no sense in one sex. */
export const ONLY_OF: Readonly<Record<string, 'male' | 'female'>> = { TPSA: 'male', FPSA: 'male', CA125: 'female', CA153: 'female' };

/** Two local tests of hospital-d that nobody has mapped yet: they keep the operator's list from being empty. */
export const UNMAPPED = {
  source: 'hospital-d',
  panel: 'LIP',
  tests: [
    { local: 'TXBGAS', display: '同型半胱氨酸', unit: 'µmol/L', typical: 11.2, decimals: 1 },
    { local: '25OHD', display: '25-羟基维生素D', unit: 'ng/mL', typical: 21.5, decimals: 1 },
  ],
} as const;

/** hospital-c prints a unit that its table does not know. */
export const UNMAPPED_UNIT = { source: 'hospital-c', item: 'ESR', unit: 'mm/60min' } as const;

export interface Examination {
  readonly key: string;
  readonly zh: string;
  readonly loinc: string;
  /** DICOM modality. */
  readonly modality: string;
  readonly series: number;
  readonly images: number;
  readonly findings: string;
  readonly conclusion: string;
}

export const EXAMINATIONS: readonly [Examination, ...Examination[]] = [
  {
    key: 'CHEST-DR', zh: '胸部正侧位片', loinc: '36643-5', modality: 'DX', series: 1, images: 2,
    findings: '双肺纹理清晰，未见实质性病变。心影大小形态正常，膈面光整。',
    conclusion: '心肺未见明显异常。',
  },
  {
    key: 'CHEST-CT', zh: '胸部CT平扫', loinc: '24627-2', modality: 'CT', series: 2, images: 320,
    findings: '右肺上叶见直径约4 mm磨玻璃结节，边界清。纵隔未见肿大淋巴结。',
    conclusion: '右肺上叶微小结节，建议12个月后复查。',
  },
  {
    key: 'HEAD-CT', zh: '头颅CT平扫', loinc: '24725-4', modality: 'CT', series: 1, images: 60,
    findings: '脑实质内未见异常密度影，脑室系统未见扩张，中线结构居中。',
    conclusion: '头颅CT平扫未见明显异常。',
  },
  {
    key: 'HEAD-MR', zh: '头颅MRI平扫', loinc: '24590-2', modality: 'MR', series: 5, images: 180,
    findings: '双侧额叶见散在点状长T2信号影，弥散加权像未见高信号。',
    conclusion: '双侧额叶少许缺血灶。',
  },
  {
    key: 'ABD-US', zh: '腹部超声', loinc: '24558-9', modality: 'US', series: 1, images: 12,
    findings: '肝脏形态正常，实质回声细密增强。胆囊壁光滑，内未见结石。',
    conclusion: '脂肪肝，轻度。',
  },
  {
    key: 'THY-US', zh: '甲状腺超声', loinc: '25010-0', modality: 'US', series: 1, images: 8,
    findings: '甲状腺右叶见3 mm低回声结节，边界清，未见血流信号。',
    conclusion: '甲状腺右叶小结节，TI-RADS 3类。',
  },
];
