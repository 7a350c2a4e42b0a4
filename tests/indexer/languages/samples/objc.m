#import <Foundation/Foundation.h>

#define kLimit 10

NS_ASSUME_NONNULL_BEGIN

/// Loads pages.
@interface Loader : NSObject <Loading>
@property (nonatomic, copy) NSString *name;
- (instancetype)initWithName:(NSString *)name;
+ (Loader *)shared;
@end

@protocol Loading
- (void)load;
@end

@implementation Loader

- (instancetype)initWithName:(NSString *)name {
  self = [super init];
  if (self) {
    _name = [name copy];
  }
  return self;
}

// Loads everything.
- (void)load {
  NSArray<NSString *> *pages = @[ @"a", @"b" ];
  [pages enumerateObjectsUsingBlock:^(NSString *page, NSUInteger index, BOOL *stop) {
    NSLog(@"%@", page);
  }];
}

@end

static int countPages(NSArray *pages) {
  return (int)[pages count];
}
